// softmax, log_softmax over the last axis, and their gradients; all (rows, n).
//
//   m = max_j x_j, s = sum_j exp(x_j - m)     the row rule
//   softmax               y_j = exp(x_j - m) / s
//   log_softmax           y_j = (x_j - m) - log(s)
//   softmax_backward      dx_j = y_j (dy_j - sum_k dy_k y_k)
//   log_softmax_backward  dx_j = dy_j - exp(y_j) sum_k dy_k
//
// Outputs never alias inputs. A NaN or +infinity, or nothing but -infinity, makes its row NaN.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct SoftmaxArgs {
  const void* x;  // backward: y
  const void* dy;
  void* out;
  int64_t rows, n;
  bool stream;  // write `out` past the caches
};

struct SoftmaxKernels {
  Kernel<SoftmaxArgs> softmax[2];
  Kernel<SoftmaxArgs> log_softmax[2];
  Kernel<SoftmaxArgs> softmax_backward[2];
  Kernel<SoftmaxArgs> log_softmax_backward[2];
};

// The output remembers x as its logits.
Tensor softmax(const Tensor& x);
Tensor log_softmax(const Tensor& x);
Tensor softmax_backward(const Tensor& dy, const Tensor& y);
Tensor log_softmax_backward(const Tensor& dy, const Tensor& y);

// The number of rows along the last axis; ValueError for a scalar.
int64_t rows_of(const char* op, const Shape& shape);

}  // namespace mark1
