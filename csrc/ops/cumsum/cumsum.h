// cumsum: sums of the elements up to each one along an axis, or from each one to the end; cumprod:
// products; recurrence: what cumprod is derived by.
//
//   x    any shape, float32, float64, int32 or int64; recurrence: floating, factors f of the same
//        shape
//   out  x's shape and dtype: out[i] = x[0] + ... + x[i], or with `reverse` x[n-1] + ... + x[i]
//        recurrence: out[i] = fma(f[i], out[i - 1], x[i]), or with `reverse` out[i + 1]
//
// Order of sums: chunks of 256 along the axis, from the first element (`reverse`: the last). Within
// one, a chain that its first element starts; to each of its results what came out at the end of
// the chunk before is added. So a sum of n terms has gone through n / 256 + 256 additions at most,
// and chunks can be summed side by side. Products and recurrences are one chain along the axis,
// which its first element starts: the product of a chunk can overflow where the chain does not.
// Integers wrap around.
//
// The gradient of a sum is the sum in the other direction, those of the others are recurrences in
// the other direction.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

inline constexpr int64_t kScanChunk = 256;

// x is (outer, n, columns); n is summed along.
struct CumsumArgs {
  const void* x;
  const void* factors;  // of a recurrence
  void* out;
  void* totals;  // of a device that sums chunks side by side: one for each of them; else null
  int64_t outer, n, columns;
  bool reverse;
};

enum class Scan : int { kSum, kProduct, kRecurrence };
inline constexpr int kScans = 3;

struct CumsumKernels {
  Kernel<CumsumArgs> scan[kScans][4];  // [Scan][float32, float64, int32, int64]
};

Tensor cumsum(const Tensor& x, int64_t axis, bool reverse);
Tensor cumprod(const Tensor& x, int64_t axis, bool reverse);
Tensor recurrence(const Tensor& x, const Tensor& factors, int64_t axis, bool reverse);

}  // namespace mark1
