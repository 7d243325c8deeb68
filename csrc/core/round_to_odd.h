// Numbers as float32 on their way to a format with at least two bits less: cut, and odd in the last
// place if anything was cut off, so that the rounding that follows is the only one.
#pragma once

#include <cstdint>

#include "core/on_device.h"

namespace mark1 {
namespace {

MARK1_DEVICE inline float rounded_to_odd(double x) {
  const auto nearest = static_cast<float>(x);
  const auto back = static_cast<double>(nearest);
  auto bits = __builtin_bit_cast(uint32_t, nearest);
  const bool away = x < 0 ? back < x : back > x;
  bits -= away ? 1u : 0u;
  bits |= back != x && x == x ? 1u : 0u;
  return __builtin_bit_cast(float, bits);
}
MARK1_DEVICE inline float rounded_to_odd(uint8_t x) {
  return static_cast<float>(x);
}
MARK1_DEVICE inline float rounded_to_odd(int32_t x) {
  return rounded_to_odd(static_cast<double>(x));
}
// Of a number that a double does not hold, the last bits matter only as to whether any is set.
MARK1_DEVICE inline float rounded_to_odd(int64_t x) {
  constexpr int64_t kExact = int64_t{1} << 53;
  const int64_t cut = x & ~int64_t{0xfff};
  const bool exact = cut == x || (-kExact < x && x < kExact);
  return rounded_to_odd(static_cast<double>(exact ? x : cut | 0x800));
}

}  // namespace
}  // namespace mark1
