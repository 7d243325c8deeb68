// broadcast: out = x op y for the ops of kBinaryNames, with NumPy's broadcasting.
//
//   x, y  any shapes that broadcast together, same dtype (bool excluded; divide: floats only)
//   out   the broadcast shape, row-major; never aliases x or y
//
// add, subtract, multiply, divide: one IEEE operation per element; integers wrap around.
// maximum, minimum: x on a tie, NaN if either is NaN. power: math/pow.h, at most 2 ulp.
// floor_divide, mod: math/modulo.h, exact but for one rounding. arctan2: math/atan.h, at most 2
// ulp. Bits of integers: a shift by none of 0 .. bits - 1 moves all of them out. The gradients are
// sums of dy (times y, ...) over the broadcast axes: op `reduce`.
#pragma once

#include "core/kernel.h"
#include "core/shape.h"
#include "core/tensor.h"

namespace mark1 {

enum class Binary : int {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kMaximum,
  kMinimum,
  kPower,
  kFloorDivide,
  kMod,
  kArctan2,
  kNextafter,
  kBitwiseAnd,
  kBitwiseOr,
  kBitwiseXor,
  kLeftShift,
  kRightShift
};
inline constexpr int kBinaries = 16;
inline constexpr const char* kBinaryNames[kBinaries] = {
    "add",        "subtract",     "multiply",   "divide",     "maximum",   "minimum",
    "power",      "floor_divide", "mod",        "arctan2",    "nextafter", "bitwise_and",
    "bitwise_or", "bitwise_xor",  "left_shift", "right_shift"};

// Dimensions are collapsed: neighbouring axes that are contiguous in both operands are one. Strides
// are in elements, 0 where an operand is broadcast. The last axis has strides 0 or 1.
struct BroadcastArgs {
  const void* x;
  const void* y;
  void* out;
  int64_t shape[Shape::kMaxRank];
  int64_t x_strides[Shape::kMaxRank];
  int64_t y_strides[Shape::kMaxRank];
  int rank;
  bool stream;  // out is far larger than the caches: written past them
};

struct BroadcastKernels {
  Kernel<BroadcastArgs> binary[kBinaries][kDTypes];  // null where a dtype is not supported
};

Shape broadcast_shape(const char* op, const Shape& x, const Shape& y);

// Row-major strides of x seen under the broadcast shape: 0 where x is repeated.
void broadcast_strides(const Shape& x, const Shape& out, int64_t* strides);

// Shape rule; accepts unknown dimensions.
Spec broadcast_spec(Binary op, const Spec& x, const Spec& y);

// The walk over x, y and out, which has the broadcast shape.
BroadcastArgs broadcast_args(const Tensor& x, const Tensor& y, const Tensor& out);

Tensor broadcast(Binary op, const Tensor& x, const Tensor& y);

}  // namespace mark1
