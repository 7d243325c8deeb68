// One row of an optimizer's segment table. Included by per-ISA files.
#pragma once

#include <cstdint>

namespace mark1 {

inline constexpr int kMaxSlots = 2;

// A variable's memory: value, gradient and state, `end - begin` elements each. begin counts the
// elements of all rows before this one, so a thread finds its share.
struct Segment {
  void* value;
  const void* gradient;
  void* slots[kMaxSlots];
  int64_t begin, end;
  int64_t precision;  // as float_index
};

}  // namespace mark1
