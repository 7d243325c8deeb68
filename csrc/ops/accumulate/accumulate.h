// accumulate: total[0] += sum(values * weights), total[1] += sum(weights), in place.
//
//   total    a variable of shape (2,), float32 or float64
//   values   any shape, float32 or float64
//   weights  as many elements as values and their dtype, or none: ones
//
// Products are rounded; the sums follow the row rule in the values' dtype, are converted to the
// total's and added. Without weights total[1] grows by the number of values.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"
#include "core/variable.h"

namespace mark1 {

struct AccumulateArgs {
  const void* values;
  const void* weights;  // null: ones
  void* total;
  int64_t n;
  // Of a device: segments of the row rule, and room for their totals, twice, if one block does not
  // add them up.
  int64_t segments;
  void* totals;
};

inline constexpr int64_t kAccumulateSegment = 4096;  // simd/row_sum.h's
inline constexpr int64_t kSegmentsOfBlock = 16;      // no more than are one group

struct AccumulateKernels {
  Kernel<AccumulateArgs> accumulate[2][2];  // [values][total]
};

void accumulate(Variable& total, const Tensor& values, const Tensor* weights);

}  // namespace mark1
