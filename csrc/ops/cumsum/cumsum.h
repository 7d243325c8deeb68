// cumsum: sums of the elements up to each one along an axis, or from each one to the end.
//
//   x    any shape, float32 or float64
//   out  x's shape and dtype: out[i] = x[0] + ... + x[i], or with `reverse` x[n-1] + ... + x[i]
//
// Order: one chain of additions along the axis, from the first element (`reverse`: the last), which
// starts it: nothing is added to zero. The gradient is the sum in the other direction.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

// x is (outer, n, columns); n is summed along.
struct CumsumArgs {
  const void* x;
  void* out;
  int64_t outer, n, columns;
  bool reverse;
};

struct CumsumKernels {
  Kernel<CumsumArgs> cumsum[2];  // float32, float64
};

Tensor cumsum(const Tensor& x, int64_t axis, bool reverse);

}  // namespace mark1
