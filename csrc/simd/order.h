// The smaller and the greater of integers.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

#if defined(MARK1_ISA_avx512)
inline IntVec<float> min(IntVec<float> a, IntVec<float> b) {
  return IntVec<float>(_mm512_min_epi32(a.v, b.v));
}
inline IntVec<float> max(IntVec<float> a, IntVec<float> b) {
  return IntVec<float>(_mm512_max_epi32(a.v, b.v));
}
inline IntVec<double> min(IntVec<double> a, IntVec<double> b) {
  return IntVec<double>(_mm512_min_epi64(a.v, b.v));
}
inline IntVec<double> max(IntVec<double> a, IntVec<double> b) {
  return IntVec<double>(_mm512_max_epi64(a.v, b.v));
}
#else
#if defined(MARK1_ISA_avx2)
inline IntVec<float> min(IntVec<float> a, IntVec<float> b) {
  return IntVec<float>(_mm256_min_epi32(a.v, b.v));
}
inline IntVec<float> max(IntVec<float> a, IntVec<float> b) {
  return IntVec<float>(_mm256_max_epi32(a.v, b.v));
}
#else
inline IntVec<float> min(IntVec<float> a, IntVec<float> b) {
  return select(a > b, b, a);
}
inline IntVec<float> max(IntVec<float> a, IntVec<float> b) {
  return select(a > b, a, b);
}
#endif
// Before AVX-512 there is no such instruction for 64 bits.
inline IntVec<double> min(IntVec<double> a, IntVec<double> b) {
  return select(a > b, b, a);
}
inline IntVec<double> max(IntVec<double> a, IntVec<double> b) {
  return select(a > b, a, b);
}
#endif

}  // namespace
}  // namespace mark1::MARK1_ISA
