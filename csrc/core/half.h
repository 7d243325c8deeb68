// float16, IEEE 754's binary16: 5 bits of exponent, 10 of fraction. Its values are exact in
// float32, and only there is anything computed with them; what is rounded to it is rounded to the
// nearest, ties to even, below 2^-14 to multiples of 2^-24, and to infinity from 65520 on.
#pragma once

#include <cstdint>

#include "core/dtype.h"
#include "core/on_device.h"

namespace mark1 {

struct Half {
  uint16_t bits;
};

inline constexpr DType kF16 = static_cast<DType>(kDTypes + 1);

namespace {

// Without branches, so that loops of it become vectors, and without arithmetic on denormals, which
// is slow on many processors: a small float16 is the fraction of a number between 2^-14 and 2^-13.
MARK1_DEVICE inline float widened(Half x) {
  constexpr uint32_t kSmallest = 113u << 23;  // 2^-14, the smallest normal number
  const uint32_t sign = (x.bits & 0x8000u) << 16;
  const uint32_t magnitude = (x.bits & 0x7fffu) << 13;
  const uint32_t exponent = magnitude & (31u << 23);
  const uint32_t normal = magnitude + (112u << 23) + (exponent == 31u << 23 ? 112u << 23 : 0u);
  const float small =
      __builtin_bit_cast(float, magnitude + kSmallest) - __builtin_bit_cast(float, kSmallest);
  const uint32_t bits = exponent == 0 ? __builtin_bit_cast(uint32_t, small) : normal;
  return __builtin_bit_cast(float, bits | sign);
}

// Integer arithmetic but for small numbers, whose fraction an addition rounds.
MARK1_DEVICE inline Half to_half(float x) {
  constexpr uint32_t kOverflow = 143u << 23;  // 2^16
  constexpr uint32_t kSmallest = 113u << 23;
  constexpr uint32_t kHalf = 126u << 23;  // 1/2, whose last bit counts 2^-24
  const auto given = __builtin_bit_cast(uint32_t, x);
  const uint32_t sign = (given >> 16) & 0x8000u, bits = given & 0x7fffffffu;
  // What carries over from the fraction is the next exponent, or infinity.
  const uint32_t normal = (bits - (112u << 23) + 0xfffu + ((bits >> 13) & 1u)) >> 13;
  const uint32_t held = bits < kSmallest ? bits : 0u;
  const float shifted = __builtin_bit_cast(float, held) + __builtin_bit_cast(float, kHalf);
  const uint32_t small = __builtin_bit_cast(uint32_t, shifted) - kHalf;
  const uint32_t large = bits > 0x7f800000u ? 0x7e00u : 0x7c00u;
  const uint32_t rounded = bits < kSmallest ? small : (bits < kOverflow ? normal : large);
  return {static_cast<uint16_t>(sign | rounded)};
}

}  // namespace
}  // namespace mark1
