// 32-bit integers in 64-bit lanes: the full product, and the way back to packed words.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

#if defined(MARK1_ISA_avx512)

// The 64-bit product of the lower halves, unsigned.
inline IntVec<double> wide_product(IntVec<double> a, IntVec<double> b) {
  return IntVec<double>(_mm512_mul_epu32(a.v, b.v));
}

// a[0] b[0] a[1] b[1] ... to p.
inline void store_interleaved(IntVec<double> a, IntVec<double> b, uint64_t* p) {
  const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i second = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  _mm512_storeu_si512(p, _mm512_permutex2var_epi64(a.v, first, b.v));
  _mm512_storeu_si512(p + 8, _mm512_permutex2var_epi64(a.v, second, b.v));
}

#elif defined(MARK1_ISA_avx2)

inline IntVec<double> wide_product(IntVec<double> a, IntVec<double> b) {
  return IntVec<double>(_mm256_mul_epu32(a.v, b.v));
}

inline void store_interleaved(IntVec<double> a, IntVec<double> b, uint64_t* p) {
  const __m256i low = _mm256_unpacklo_epi64(a.v, b.v);
  const __m256i high = _mm256_unpackhi_epi64(a.v, b.v);
  _mm256_storeu_si256((__m256i*)p, _mm256_permute2x128_si256(low, high, 0x20));
  _mm256_storeu_si256((__m256i*)(p + 4), _mm256_permute2x128_si256(low, high, 0x31));
}

#else

inline IntVec<double> wide_product(IntVec<double> a, IntVec<double> b) {
  return int64_t(uint64_t(uint32_t(a.v)) * uint32_t(b.v));
}

inline void store_interleaved(IntVec<double> a, IntVec<double> b, uint64_t* p) {
  p[0] = uint64_t(a.v);
  p[1] = uint64_t(b.v);
}

#endif

}  // namespace
}  // namespace mark1::MARK1_ISA
