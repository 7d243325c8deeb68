// Vectors of indices in memory as 8 or 32 bits per lane, whatever the lanes' own width.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

// The first `count` lanes, each from one integer of type Index; the others are zero.
template <class T, class Index>
inline IntVec<T> load_indices(const Index* p, int count) {
  typename IntVec<T>::Scalar lanes[IntVec<T>::width] = {};
  for (int i = 0; i < count; ++i) lanes[i] = p[i];
  return IntVec<T>::load(lanes);
}

// The first `count` lanes, each cut to the width of Index.
template <class T, class Index>
inline void store_indices(IntVec<T> a, Index* p, int count) {
  typename IntVec<T>::Scalar lanes[IntVec<T>::width];
  a.store(lanes);
  for (int i = 0; i < count; ++i) p[i] = static_cast<Index>(lanes[i]);
}

template <>
inline IntVec<float> load_indices<float>(const int32_t* p, int count) {
  return IntVec<float>::load(p, count);
}
template <>
inline void store_indices<float>(IntVec<float> a, int32_t* p, int count) {
  a.store(p, count);
}

#if defined(MARK1_ISA_avx512)

// Masked moves of bytes are slow on some processors: whole vectors do without.
template <>
inline IntVec<float> load_indices<float>(const uint8_t* p, int count) {
  if (__builtin_constant_p(count) && count == IntVec<float>::width) {
    return IntVec<float>(
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
  }
  return IntVec<float>(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(IntVec<float>::lanes(count), p)));
}
template <>
inline void store_indices<float>(IntVec<float> a, uint8_t* p, int count) {
  if (__builtin_constant_p(count) && count == IntVec<float>::width) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(a.v));
    return;
  }
  _mm_mask_storeu_epi8(p, IntVec<float>::lanes(count), _mm512_cvtepi32_epi8(a.v));
}
template <>
inline IntVec<double> load_indices<double>(const uint8_t* p, int count) {
  if (__builtin_constant_p(count) && count == IntVec<double>::width) {
    return IntVec<double>(
        _mm512_cvtepu8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  return IntVec<double>(
      _mm512_cvtepu8_epi64(_mm_maskz_loadu_epi8(IntVec<double>::lanes(count), p)));
}
template <>
inline void store_indices<double>(IntVec<double> a, uint8_t* p, int count) {
  if (__builtin_constant_p(count) && count == IntVec<double>::width) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm512_cvtepi64_epi8(a.v));
    return;
  }
  _mm_mask_storeu_epi8(p, IntVec<double>::lanes(count), _mm512_cvtepi64_epi8(a.v));
}

#elif defined(MARK1_ISA_avx2)

template <>
inline IntVec<float> load_indices<float>(const uint8_t* p, int count) {
  uint64_t bytes = 0;
  __builtin_memcpy(&bytes, p, static_cast<size_t>(count));
  return IntVec<float>(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<int64_t>(bytes))));
}
template <>
inline void store_indices<float>(IntVec<float> a, uint8_t* p, int count) {
  // The lowest byte of each lane to the front of its half, then the halves together.
  const __m256i front =
      _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8, 12, -1,
                       -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i packed = _mm256_shuffle_epi8(a.v, front);
  const __m128i both =
      _mm_unpacklo_epi32(_mm256_castsi256_si128(packed), _mm256_extracti128_si256(packed, 1));
  const int64_t bytes = _mm_cvtsi128_si64(both);
  __builtin_memcpy(p, &bytes, static_cast<size_t>(count));
}

#endif

}  // namespace
}  // namespace mark1::MARK1_ISA
