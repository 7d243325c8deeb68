#include "core/segment_table.h"

#include <algorithm>
#include <cstring>

namespace mark1 {
namespace {

bool missing(const Tensor& gradient) {
  return !gradient.storage();
}

void check_like(const char* op, const char* what, const Tensor& x, const Tensor& value, size_t i) {
  if (!(x.shape() == value.shape()) || x.dtype() != value.dtype()) {
    fail<ValueError>(op, what, " ", i,
                     " must be like its variable (variable: ", name(value.dtype()), " ",
                     value.shape(), ", ", what, ": ", name(x.dtype()), " ", x.shape(), ")");
  }
}

void check_distinct(const char* op, const std::vector<Variable*>& variables,
                    const std::vector<Variable*>& slots) {
  std::vector<int64_t> ids;
  ids.reserve(variables.size() + slots.size());
  for (const Variable* variable : variables) ids.push_back(variable->id());
  for (const Variable* state : slots) ids.push_back(state->id());
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) {
    fail<ValueError>(op, "a variable was given twice; each may be updated once per step");
  }
}

void check_all(const char* op, const std::vector<Variable*>& variables,
               const std::vector<Tensor>& gradients, const std::vector<Variable*>& slots,
               const SegmentRules& rules) {
  const size_t n = variables.size();
  if (gradients.size() != n) {
    fail<ValueError>(op, "needs one gradient per variable, got ", gradients.size(), " for ", n);
  }
  if (slots.size() != n * rules.slots) {
    fail<ValueError>(op, "needs ", rules.slots, " states per variable, got ", slots.size(), " for ",
                     n);
  }
  check_distinct(op, variables, slots);
  for (size_t i = 0; i < n; ++i) {
    const Tensor& value = variables[i]->value();
    float_index(op, value.dtype());
    if (!missing(gradients[i])) {
      check_like(op, "gradient", gradients[i], value, i);
    } else if (!rules.gradients_may_miss) {
      fail<ValueError>(op, "gradient ", i, " is missing");
    }
    for (size_t s = 0; s < rules.slots; ++s) {
      check_like(op, "state", slots[i * rules.slots + s]->value(), value, i);
    }
  }
}

const char* after(const void* memory, int64_t bytes) {
  return static_cast<const char*>(memory) + bytes;
}

bool follows(const Segment& last, const Segment& next, size_t slots) {
  if (last.gradient == nullptr || next.gradient == nullptr) return false;
  const int64_t bytes = (last.end - last.begin) * (last.precision ? 8 : 4);
  bool adjacent = last.precision == next.precision && last.decays == next.decays &&
                  after(last.value, bytes) == next.value &&
                  after(last.gradient, bytes) == next.gradient;
  for (size_t s = 0; s < slots; ++s) {
    adjacent = adjacent && after(last.slots[s], bytes) == next.slots[s];
  }
  return adjacent;
}

bool contains(const std::vector<int64_t>* ids, int64_t id) {
  return ids && std::find(ids->begin(), ids->end(), id) != ids->end();
}

}  // namespace

SegmentTable make_segment_table(const char* op, const std::vector<Variable*>& variables,
                                const std::vector<Tensor>& gradients,
                                const std::vector<Variable*>& slots, const SegmentRules& rules) {
  check_all(op, variables, gradients, slots, rules);
  SegmentTable table;
  std::vector<Segment> rows;
  rows.reserve(variables.size());
  table.reads.reserve(variables.size() + 2);
  table.writes.reserve(variables.size() * (rules.slots + 1) + 2);
  for (size_t i = 0; i < variables.size(); ++i) {
    const Tensor& value = variables[i]->writable();
    table.writes.push_back(&value);
    Segment row = {};
    row.value = value.data();
    if (!missing(gradients[i])) {
      table.reads.push_back(&gradients[i]);
      row.gradient = gradients[i].data();
    }
    row.precision = float_index(op, value.dtype());
    row.decays = !contains(rules.undecayed, variables[i]->id());
    for (size_t s = 0; s < rules.slots; ++s) {
      const Tensor& state = slots[i * rules.slots + s]->writable();
      table.writes.push_back(&state);
      row.slots[s] = state.data();
    }
    row.begin = table.elements;
    row.end = table.elements += value.numel();
    table.bytes += static_cast<double>(value.bytes());
    if (row.begin == row.end) continue;
    if (!rules.separate && !rows.empty() && follows(rows.back(), row, rules.slots)) {
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

void check_schedule(const char* op, const Tensor& learning_rate, const Variable& iterations) {
  const Tensor& steps = iterations.value();
  if (learning_rate.dtype() != DType::kF32 || learning_rate.rank() != 0) {
    fail<TypeError>(op, "the learning rate is a float32 scalar, got ", name(learning_rate.dtype()),
                    " ", learning_rate.shape());
  }
  if (steps.dtype() != DType::kI64 || steps.rank() != 0) {
    fail<TypeError>(op, "iterations is an int64 scalar, got ", name(steps.dtype()), " ",
                    steps.shape());
  }
}

}  // namespace mark1
