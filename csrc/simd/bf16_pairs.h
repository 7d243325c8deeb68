// Pairs of bfloat16 in the lanes of a vector, and their products. Needs AVX512_BF16.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

struct PairVec {
  static constexpr int width = 16;
  __m512i v;

  static PairVec load(const uint32_t* p) { return {_mm512_loadu_si512(p)}; }
  static PairVec all(const uint32_t* p) { return {_mm512_set1_epi32(static_cast<int>(*p))}; }
};

// Each lane: fma(x.low, y.low, fma(x.high, y.high, sum)), denormals flushed whatever the control
// word says (VDPBF16PS, Intel's manual, volume 2).
[[gnu::always_inline]] inline Vec<float> add_pairs(Vec<float> sum, PairVec x, PairVec y) {
  return Vec<float>(_mm512_dpbf16_ps(sum.v, (__m512bh)x.v, (__m512bh)y.v));
}

}  // namespace
}  // namespace mark1::MARK1_ISA
