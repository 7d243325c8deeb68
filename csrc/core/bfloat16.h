// bfloat16: the upper half of a float32. Its values are exact in float32, and only there is
// anything computed with them; what is rounded to it is rounded to the nearest, ties to even.
#pragma once

#include <cstdint>

#include "core/dtype.h"
#include "core/on_device.h"

namespace mark1 {

struct BFloat16 {
  uint16_t bits;
};

inline constexpr DType kBF16 = static_cast<DType>(kDTypes);

namespace {

MARK1_DEVICE inline float widened(BFloat16 x) {
  return __builtin_bit_cast(float, uint32_t{x.bits} << 16);
}

// Integer arithmetic: conversion instructions would flush denormals. A NaN stays one.
MARK1_DEVICE inline BFloat16 to_bfloat16(float x) {
  const auto bits = __builtin_bit_cast(uint32_t, x);
  const uint32_t nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const uint32_t quiet = (bits >> 16) | 0x40u;
  return {static_cast<uint16_t>((bits & 0x7fffffffu) > 0x7f800000u ? quiet : nearest)};
}

}  // namespace
}  // namespace mark1
