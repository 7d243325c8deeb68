// dropout: out_i = x_i * scale if word i of the state's stream 1 is at least the threshold, else
// +0.
//
//   threshold = rate * 2^32 rounded to the nearest integer (word: see ops/random), the same word
//   for float32 and float64; scale = 1 / (1 - rate), rounded to the dtype
//
// Linear in x with a mask that depends on the state alone: the gradient is the same call on dy.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct DropoutArgs {
  const int64_t* state;
  const void* x;
  void* out;
  int64_t n;
  double scale;
  uint32_t threshold;
};

struct DropoutKernels {
  Kernel<DropoutArgs> dropout[2];
};

// Words below it are dropped; 0 <= rate < 1.
uint32_t dropout_threshold(double rate);

// 0 <= rate < 1.
Tensor dropout(const Tensor& x, const Tensor& state, double rate);

}  // namespace mark1
