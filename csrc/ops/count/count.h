// count: how many elements over axes are not zero, whether any is, whether all are.
//
//   x    any shape and dtype; axes any subset of its axes. -0 is zero, a NaN is not
//   out  x's shape without the axes (size 1 with keepdims): count_nonzero int32, any and all bool
//
// Of nothing: 0, false, true. Counting has no order.
#pragma once

#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class Count : int { kNumber, kAny, kAll };

// Elements of a row that are counted at a time.
inline constexpr int64_t kCountPiece = 16384;

// x is (outer, n) for rows, (outer, n, columns) for columns; n is counted over.
struct CountArgs {
  const void* x;
  void* out;
  int32_t* totals;  // (outer, pieces) for rows; (outer, columns) for columns
  int64_t outer, n, columns;
  Count kind;
};

struct CountKernels {
  Kernel<CountArgs> rows[kDTypes], columns[kDTypes];
};

Tensor count(Count kind, const Tensor& x, const std::vector<int64_t>& axes, bool keepdims);

}  // namespace mark1
