#include "core/segment_table.h"

#include <algorithm>
#include <cstring>

namespace mark1 {
namespace {

void check_like(const char* op, const char* what, const Tensor& x, const Tensor& value, size_t i) {
  if (!(x.shape() == value.shape()) || x.dtype() != value.dtype()) {
    fail<ValueError>(op, what, " ", i,
                     " must be like its variable (variable: ", name(value.dtype()), " ",
                     value.shape(), ", ", what, ": ", name(x.dtype()), " ", x.shape(), ")");
  }
}

void check_distinct(const char* op, const std::vector<Variable*>& variables,
                    const std::vector<std::vector<Variable*>>& slots) {
  std::vector<int64_t> ids;
  for (const Variable* variable : variables) ids.push_back(variable->id());
  for (const auto& states : slots) {
    for (const Variable* state : states) ids.push_back(state->id());
  }
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) {
    fail<ValueError>(op, "a variable was given twice; each may be updated once per step");
  }
}

const char* after(const void* memory, int64_t bytes) {
  return static_cast<const char*>(memory) + bytes;
}

bool follows(const Segment& last, const Segment& next, size_t slots) {
  const int64_t bytes = (last.end - last.begin) * (last.precision ? 8 : 4);
  bool adjacent = last.precision == next.precision && after(last.value, bytes) == next.value &&
                  after(last.gradient, bytes) == next.gradient;
  for (size_t s = 0; s < slots; ++s) {
    adjacent = adjacent && after(last.slots[s], bytes) == next.slots[s];
  }
  return adjacent;
}

}  // namespace

SegmentTable make_segment_table(const char* op, const std::vector<Variable*>& variables,
                                const std::vector<Tensor>& gradients,
                                const std::vector<std::vector<Variable*>>& slots) {
  const size_t n = variables.size();
  if (gradients.size() != n) {
    fail<ValueError>(op, "needs one gradient per variable, got ", gradients.size(), " for ", n);
  }
  for (const auto& states : slots) {
    if (states.size() != n) {
      fail<ValueError>(op, "needs one state per variable, got ", states.size(), " for ", n);
    }
  }
  check_distinct(op, variables, slots);
  for (size_t i = 0; i < n; ++i) {
    const Tensor& value = variables[i]->value();
    float_index(op, value.dtype());
    check_like(op, "gradient", gradients[i], value, i);
    for (const auto& states : slots) check_like(op, "state", states[i]->value(), value, i);
  }

  SegmentTable table;
  std::vector<Segment> rows;
  for (size_t i = 0; i < n; ++i) {
    const Tensor& value = variables[i]->writable();
    table.reads.push_back(&gradients[i]);
    table.writes.push_back(&value);
    Segment row = {};
    row.value = value.data();
    row.gradient = gradients[i].data();
    row.precision = float_index(op, value.dtype());
    for (size_t s = 0; s < slots.size(); ++s) {
      const Tensor& state = slots[s][i]->writable();
      table.writes.push_back(&state);
      row.slots[s] = state.data();
    }
    row.begin = table.elements;
    row.end = table.elements += value.numel();
    table.bytes += static_cast<double>(value.bytes());
    if (row.begin == row.end) continue;
    if (!rows.empty() && follows(rows.back(), row, slots.size())) {
      rows.back().end = row.end;
    } else {
      rows.push_back(row);
    }
  }
  table.count = static_cast<int64_t>(rows.size());
  const size_t bytes = rows.size() * sizeof(Segment);
  table.rows = host_tensor(Shape{static_cast<int64_t>(bytes)}, DType::kU8);
  if (bytes > 0) std::memcpy(table.rows.data(), rows.data(), bytes);
  return table;
}

void check_schedule(const char* op, const Variable& learning_rate, const Variable& iterations) {
  const Tensor& rate = learning_rate.value();
  const Tensor& steps = iterations.value();
  if (rate.dtype() != DType::kF32 || rate.rank() != 0) {
    fail<TypeError>(op, "the learning rate is a float32 scalar, got ", name(rate.dtype()), " ",
                    rate.shape());
  }
  if (steps.dtype() != DType::kI64 || steps.rank() != 0) {
    fail<TypeError>(op, "iterations is an int64 scalar, got ", name(steps.dtype()), " ",
                    steps.shape());
  }
}

}  // namespace mark1
