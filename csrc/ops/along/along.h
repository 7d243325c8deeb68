// along: one element per index along an axis, each line of x having indices of its own.
//
//   take_along  x (outer, n, inner), indices (outer, m, inner)  ->  (outer, m, inner)
//               out[o, j, i] = x[o, indices[o, j, i], i]
//   add_along   the opposite: x (outer, m, inner), n  ->  (outer, n, inner), where
//               out[o, k, i] is the sum of x[o, j, i] over all j with indices[o, j, i] == k,
//               ascending by j from +0
//
// An index outside [0, n) is an error that names it. Within a replayed program nobody can raise
// one: the kernel leaves its position in `wrong`, and goes on without it.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct AlongArgs {
  const void* x;
  const void* indices;
  void* out;
  int64_t* wrong;  // the first position whose index is out of range, or -1
  int64_t outer;
  int64_t n;
  int64_t m;
  int64_t inner;
  void* scratch;  // of a device that adds up long lines; else null
};

struct AlongKernels {
  Kernel<AlongArgs> take[2][3];  // [indices int32, int64][elements of 1, 4, 8 bytes]
  Kernel<AlongArgs> add[2][2];   // [indices][float32, float64]
};

Tensor take_along(const Tensor& x, const Tensor& indices, int64_t axis);
Tensor add_along(const Tensor& x, const Tensor& indices, int64_t axis, int64_t n);

}  // namespace mark1
