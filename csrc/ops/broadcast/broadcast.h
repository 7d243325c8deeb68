// broadcast: out = x op y for op in add, subtract, multiply, divide, with NumPy's broadcasting.
//
//   x, y  any shapes that broadcast together, same dtype (bool excluded; divide: floats only)
//   out   the broadcast shape, row-major; never aliases x or y
//
// Exact: each element is one IEEE operation (integers wrap around). The gradients are sums of
// dy (times y, ...) over the broadcast axes: op `reduce`.
#pragma once

#include "core/kernel.h"
#include "core/shape.h"
#include "core/tensor.h"

namespace mark1 {

enum class Binary : int { kAdd, kSubtract, kMultiply, kDivide };
inline constexpr int kBinaries = 4;
inline constexpr const char* kBinaryNames[kBinaries] = {"add", "subtract", "multiply", "divide"};

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

// Shape rule; accepts unknown dimensions.
Spec broadcast_spec(Binary op, const Spec& x, const Spec& y);

Tensor broadcast(Binary op, const Tensor& x, const Tensor& y);

}  // namespace mark1
