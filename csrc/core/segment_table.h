// What an optimizer's launch works on: one row per variable, so that a model takes one launch.
#pragma once

#include <vector>

#include "core/segment.h"
#include "core/tensor.h"
#include "core/variable.h"

namespace mark1 {

struct SegmentTable {
  Tensor rows;  // bytes of Segment, kept by whoever keeps the launch
  int64_t count = 0;
  int64_t elements = 0;
  double bytes = 0;  // of the values
  std::vector<const Tensor*> reads, writes;

  const Segment* data() const { return static_cast<const Segment*>(rows.data()); }
};

struct SegmentRules {
  size_t slots = 0;       // states of each variable
  bool separate = false;  // whether each variable needs a row of its own
  // Whether a gradient may be missing (a Tensor without storage).
  bool gradients_may_miss = false;
  const std::vector<int64_t>* undecayed = nullptr;  // ids of variables without weight decay
};

// Checks everything before the first variable is touched: shapes and dtypes agree, no variable is
// given twice. The slots come variable after variable; neighbours in memory become one row.
SegmentTable make_segment_table(const char* op, const std::vector<Variable*>& variables,
                                const std::vector<Tensor>& gradients,
                                const std::vector<Variable*>& slots, const SegmentRules& rules);

// Learning rate float32 (), number of steps int64 ().
void check_schedule(const char* op, const Tensor& learning_rate, const Variable& iterations);

}  // namespace mark1
