// cast: the same values in another dtype.
//
//   x    any shape, any dtype
//   out  x's shape
//
// To floating point: correctly rounded. Between integers: wraps around. Floating point to integer:
// towards zero, out-of-range values become the nearest bound and NaN 0, so that the result does not
// depend on the machine (C++ leaves it undefined). To bool: x != 0, NaN counts as true.
#pragma once

#include "core/kernel.h"
#include "core/narrow.h"
#include "core/tensor.h"

namespace mark1 {

struct CastArgs {
  const void* x;
  void* out;
  int64_t n;
  bool stream;  // out is far larger than the caches: written past them
};

struct CastKernels {
  Kernel<CastArgs> cast[kAllDTypes][kAllDTypes];  // [from][to]
};

// x itself if it has the dtype already.
Tensor cast(const Tensor& x, DType dtype);

}  // namespace mark1
