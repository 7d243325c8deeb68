// Which element of x a place of pad's output shows.
#pragma once

#include "ops/pad/pad.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Position i of a padded axis as one of x's n, or -1 for the constant. Padding is at most as long
// as x allows to be mirrored once.
MARK1_DEVICE inline int64_t source(PadMode mode, int64_t i, int64_t before, int64_t n) {
  const int64_t at = i - before;
  if (at >= 0 && at < n) return at;
  if (mode == PadMode::kConstant) return -1;
  const int64_t edge = mode == PadMode::kReflect ? 0 : 1;
  return at < 0 ? -at - edge : 2 * n - 2 + edge - at;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
