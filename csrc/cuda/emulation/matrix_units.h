// Matrix units on the processor. Fragments are laid out as PTX has them. The sums are simpler than
// those of any real unit: products and their sum with c in double precision, cut to float32 once.
#pragma once

#include <cstdint>

#include "core/bfloat16.h"
#include "core/half.h"
#include "cuda/emulation/block.h"

namespace mark1::gpu {

// Leaves some words for the warp, waits for it, and gets what all lanes left.
inline constexpr int kShared = 3;
void share(const uint64_t (&mine)[kShared], uint64_t (&all)[32][kShared]);

// A sum as a unit rounds it here: towards zero, as those of today do.
float cut(double x);

// c += a b of a warp; `word` adds the products of two words to a sum.
void multiply_words(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b,
                    double (*word)(uint32_t a, uint32_t b));
void load_matrices(uint32_t (&to)[4], const uint32_t* row);

namespace {

inline uint16_t low_half(uint32_t word) {
  return static_cast<uint16_t>(word);
}
inline uint16_t high_half(uint32_t word) {
  return static_cast<uint16_t>(word >> 16);
}

template <class Number>
double word_product(uint32_t a, uint32_t b) {
  const double low = double{widened(Number{low_half(a)})} * widened(Number{low_half(b)});
  return low + double{widened(Number{high_half(a)})} * widened(Number{high_half(b)});
}
// Units do not look at the last 13 bits.
inline double tf32_product(uint32_t a, uint32_t b) {
  constexpr uint32_t kSeen = ~uint32_t{0x1fff};
  return double{__builtin_bit_cast(float, a& kSeen)} * __builtin_bit_cast(float, b& kSeen);
}

inline void multiply_bf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  multiply_words(c, a, b, &word_product<BFloat16>);
}
inline void multiply_f16(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  multiply_words(c, a, b, &word_product<Half>);
}
inline void multiply_tf32(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  multiply_words(c, a, b, &tf32_product);
}

}  // namespace
}  // namespace mark1::gpu
