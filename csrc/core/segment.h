// One row of an optimizer's segment table. Included by per-ISA files.
#pragma once

#include <cstdint>

namespace mark1 {

// The most that a formula keeps per element is three; average and accumulator come on top.
inline constexpr int kMaxSlots = 5;

// A variable's memory: value, gradient and state, `end - begin` elements each. begin counts the
// elements of all rows before this one, so a thread finds its share.
struct Segment {
  void* value;
  const void* gradient;  // null: this variable has none, and only its average follows it
  void* slots[kMaxSlots];
  int64_t begin, end;
  int64_t precision;  // as float_index
  int64_t decays;     // whether weight decay applies
};

}  // namespace mark1
