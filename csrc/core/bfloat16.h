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

// A dtype of storage: only cast and bf16_gemm have kernels for it, and so it lies beyond kDTypes,
// by which the tables of the others are indexed.
inline constexpr DType kBF16 = static_cast<DType>(kDTypes);

// Whether there ever was a tensor of bfloat16: as long as there was none, nobody looks for one.
bool bfloat16_seen();

// Whether a dtype has gradients.
inline bool is_real(DType dtype) {
  return is_float(dtype) || dtype == kBF16;
}

// Public operations widen bfloat16 before they come to an op that has no kernel for it.
inline void refuse_bfloat16(const char* op, DType dtype) {
  if (dtype == kBF16) {
    fail<TypeError>(op, "does not take bfloat16. Convert with cast(x, 'float32')");
  }
}

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

// Rounded once: the float32 in between is cut, and odd if anything was cut off.
MARK1_DEVICE inline BFloat16 to_bfloat16(double x) {
  const auto nearest = static_cast<float>(x);
  const auto back = static_cast<double>(nearest);
  auto bits = __builtin_bit_cast(uint32_t, nearest);
  const bool away = x < 0 ? back < x : back > x;
  bits -= away ? 1u : 0u;
  bits |= back != x && x == x ? 1u : 0u;
  return to_bfloat16(__builtin_bit_cast(float, bits));
}

MARK1_DEVICE inline BFloat16 to_bfloat16(uint8_t x) {
  return to_bfloat16(static_cast<float>(x));
}
MARK1_DEVICE inline BFloat16 to_bfloat16(int32_t x) {
  return to_bfloat16(static_cast<double>(x));
}
// Of a number that a double does not hold, the last bits matter only as to whether any is set.
MARK1_DEVICE inline BFloat16 to_bfloat16(int64_t x) {
  constexpr int64_t kExact = int64_t{1} << 53;
  const int64_t cut = x & ~int64_t{0xfff};
  const bool exact = cut == x || (-kExact < x && x < kExact);
  return to_bfloat16(static_cast<double>(exact ? x : cut | 0x800));
}

}  // namespace
}  // namespace mark1
