// compare: out = whether x op y, with NumPy's broadcasting.
//
//   x, y  any shapes that broadcast together, same dtype (logical ops: bool; isinf, isfinite:
//         floating-point)
//   out   bool, the broadcast shape, row-major
//
// A NaN is unequal to everything and neither less nor greater. isnan, isinf and isfinite compare x
// with itself: x - x is 0 only for what is finite.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"
#include "ops/broadcast/broadcast.h"

namespace mark1 {

enum class Comparison : int {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kAnd,
  kOr,
  kXor,
  kIsInf,
  kIsFinite
};
inline constexpr int kComparisons = 9;

struct CompareKernels {
  Kernel<BroadcastArgs> compare[kComparisons][kDTypes];  // null where a dtype is not supported
};

// The name is for messages: greater is less with its operands exchanged.
Tensor compare(const char* name, Comparison op, const Tensor& x, const Tensor& y);

}  // namespace mark1
