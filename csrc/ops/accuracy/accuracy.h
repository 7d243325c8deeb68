// accuracy: which predictions are right, as float32 ones and zeros.
//
//   index_matches   labels and predicted classes of one shape: labels == classes
//   binary_matches  y_true and y_pred of one shape: (y_pred > threshold) == y_true
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct IndexMatchesArgs {
  const void* labels;
  const int32_t* classes;
  float* out;
  int64_t n;
};

struct BinaryMatchesArgs {
  const void* y_true;
  const void* y_pred;
  float* out;
  int64_t n;
  double threshold;
};

struct AccuracyKernels {
  Kernel<IndexMatchesArgs> index_matches[4];    // labels int32, int64, float32, float64
  Kernel<BinaryMatchesArgs> binary_matches[2];  // float32, float64
};

Tensor index_matches(const Tensor& labels, const Tensor& classes);
Tensor binary_matches(const Tensor& y_true, const Tensor& y_pred, double threshold);

}  // namespace mark1
