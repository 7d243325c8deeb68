// The formats of products on matrix units: their numbers, words of 32 bits, and instruction.
#pragma once

#include "core/narrow.h"
#include "cuda/block.h"
#include "cuda/matrix_units.h"

namespace mark1::cuda {
namespace {

struct alignas(16) Quad {
  uint32_t words[4];
};
struct alignas(8) Pair {
  uint32_t words[2];
};

struct Bf16Format {
  using Number = BFloat16;
  static constexpr int per_word = 2;
  static MARK1_DEVICE uint32_t word(Number low, Number high) {
    return low.bits | uint32_t{high.bits} << 16;
  }
  static MARK1_DEVICE Number rounded(float x) { return to_bfloat16(x); }
  static MARK1_DEVICE void multiply(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
    gpu::multiply_bf16(c, a, b);
  }
};

struct F16Format {
  using Number = Half;
  static constexpr int per_word = 2;
  static MARK1_DEVICE uint32_t word(Number low, Number high) {
    return low.bits | uint32_t{high.bits} << 16;
  }
  static MARK1_DEVICE Number rounded(float x) { return to_half(x); }
  static MARK1_DEVICE void multiply(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
    gpu::multiply_f16(c, a, b);
  }
};

// float32 rounded to 10 bits of fraction, to the nearest and ties to even.
struct Tf32Format {
  using Number = float;
  static constexpr int per_word = 1;
  static MARK1_DEVICE uint32_t word(Number x, Number) {
    const auto bits = __builtin_bit_cast(uint32_t, x);
    const bool finite = (bits & 0x7f800000u) != 0x7f800000u;
    return finite ? (bits + 0xfffu + ((bits >> 13) & 1u)) & ~0x1fffu : bits;
  }
  static MARK1_DEVICE Number rounded(float x) { return x; }
  static MARK1_DEVICE void multiply(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
    gpu::multiply_tf32(c, a, b);
  }
};

}  // namespace
}  // namespace mark1::cuda
