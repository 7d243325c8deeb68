// Vec<float> and Vec<double>: one interface, one vector per instruction set, chosen by MARK1_ISA.
//
//   Vec<T>      load, store (whole, or the first `count` lanes: the rest reads as zero and is never
//               touched in memory), + - * /, comparisons -> Mask<T>, fma, sqrt, abs, select, ...
//   IntVec<T>   integers as wide as T: + - & | ^ << and shr (logical), sar (arithmetic)
//   Mask<T>     one truth value per lane: & | !, any, all, to_bits, mask_from_bits (lane i: bit i)
//
// Everything lives in the anonymous namespace of the instruction set, so an object file exports its
// kernel table and nothing else. No std:: templates here: those would be shared between files that
// are compiled with different flags.
#pragma once

#include <cstdint>

#include "core/on_device.h"

#if !defined(MARK1_ISA)
#error "compile with -DMARK1_ISA=<set> -DMARK1_ISA_<set>"
#elif defined(MARK1_ISA_avx512)
#include "simd/avx512.h"
#elif defined(MARK1_ISA_avx2)
#include "simd/avx2.h"
#else
#include "simd/plain.h"
#endif

namespace mark1::MARK1_ISA {
namespace {

template <class T>
MARK1_DEVICE inline Mask<T> is_nan(Vec<T> a) {
  return a != a;
}

// The greater; a on a tie (also +0 against -0); NaN if either is NaN.
template <class T>
MARK1_DEVICE inline Vec<T> max(Vec<T> a, Vec<T> b) {
  return select(is_nan(b), b, max_or_first(a, b));
}

// The smaller; a on a tie; NaN if either is NaN.
template <class T>
MARK1_DEVICE inline Vec<T> min(Vec<T> a, Vec<T> b) {
  return select(is_nan(b), b, min_or_first(a, b));
}

template <class T>
MARK1_DEVICE inline bool all(Mask<T> m) {
  return !any(!m);
}

// Lets a scalar meet a vector: max(x, 0) reads as the formula does.
MARK1_DEVICE inline Vec<float> max(Vec<float> a, float b) {
  return max(a, Vec<float>(b));
}
MARK1_DEVICE inline Vec<float> min(Vec<float> a, float b) {
  return min(a, Vec<float>(b));
}
MARK1_DEVICE inline Vec<double> max(Vec<double> a, double b) {
  return max(a, Vec<double>(b));
}
MARK1_DEVICE inline Vec<double> min(Vec<double> a, double b) {
  return min(a, Vec<double>(b));
}

}  // namespace
}  // namespace mark1::MARK1_ISA
