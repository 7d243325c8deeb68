// cumsum: sums of the elements up to each one along an axis, or from each one to the end; cumprod:
// products; recurrence: what both are derived by.
//
//   x    any shape, float32 or float64; recurrence: factors f of the same shape
//   out  x's shape and dtype: out[i] = x[0] + ... + x[i], or with `reverse` x[n-1] + ... + x[i]
//        recurrence: out[i] = fma(f[i], out[i - 1], x[i]), or with `reverse` out[i + 1]
//
// Order: one chain along the axis, from the first element (`reverse`: the last), which starts it:
// nothing is added to zero, no factor of it is looked at. The gradient of a sum is the sum in the
// other direction, those of the others are recurrences in the other direction.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

// x is (outer, n, columns); n is summed along.
struct CumsumArgs {
  const void* x;
  const void* factors;  // of a recurrence
  void* out;
  int64_t outer, n, columns;
  bool reverse;
};

enum class Scan : int { kSum, kProduct, kRecurrence };
inline constexpr int kScans = 3;

struct CumsumKernels {
  Kernel<CumsumArgs> scan[kScans][2];  // [Scan][dtype]
};

Tensor cumsum(const Tensor& x, int64_t axis, bool reverse);
Tensor cumprod(const Tensor& x, int64_t axis, bool reverse);
Tensor recurrence(const Tensor& x, const Tensor& factors, int64_t axis, bool reverse);

}  // namespace mark1
