// where: out = x where condition holds, else y, with NumPy's broadcasting.
//
//   condition  bool
//   x, y       any shapes that broadcast together with condition's, same dtype
//   out        the broadcast shape, x's dtype
//
// An operand is read as it is if it has out's shape or one element, and is spread out by op `copy`
// otherwise. The gradients are where(condition, dy, 0) and where(condition, 0, dy).
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

// Steps are 1, or 0 for an operand of one element.
struct WhereArgs {
  const uint8_t* condition;
  const void* x;
  const void* y;
  void* out;
  int64_t n;
  int64_t condition_step, x_step, y_step;
};

struct WhereKernels {
  Kernel<WhereArgs> where[3];  // elements of 1, 4 and 8 bytes
};

Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y);

}  // namespace mark1
