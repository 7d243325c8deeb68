// mean_error: mean squared and mean absolute error over the last axis, (rows, n) -> (rows).
//
//   squared   out = (sum_j d_j d_j) / n,  d = x - t    dx_j = (dy * (2 / n)) d_j
//   absolute  out = (sum_j |d_j|) / n                  dx_j = (dy * (1 / n)) sign(d_j)
//
// Sums by the row rule. sign(0) = 0, sign(NaN) = NaN. The gradient of t is -dx.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class Error : int { kSquared, kAbsolute };
inline constexpr int kErrors = 2;
inline constexpr const char* kErrorNames[kErrors] = {"mean_squared_error", "mean_absolute_error"};

struct MeanErrorArgs {
  const void* t;
  const void* x;
  const void* dy;  // backward: (rows)
  void* out;
  int64_t rows, n;
};

struct MeanErrorKernels {
  Kernel<MeanErrorArgs> forward[kErrors][2];
  Kernel<MeanErrorArgs> backward[kErrors][2];
};

Tensor mean_error(Error kind, const Tensor& t, const Tensor& x);
Tensor mean_error_backward(Error kind, const Tensor& dy, const Tensor& t, const Tensor& x);

}  // namespace mark1
