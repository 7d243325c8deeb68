// Vectors in plain C++: the arithmetic of the reference kernels, which have one lane, and of the
// kernels of devices, where every thread of a warp has one.
#pragma once

#include "simd/lanes.h"

namespace mark1::MARK1_ISA {
namespace {

template <class T>
struct Bits;
template <>
struct Bits<float> {
  using Signed = int32_t;
  using Unsigned = uint32_t;
};
template <>
struct Bits<double> {
  using Signed = int64_t;
  using Unsigned = uint64_t;
};

template <class T>
struct Mask {
  bool m;
};

template <class T>
struct IntVec {
  using Scalar = typename Bits<T>::Signed;
  using Unsigned = typename Bits<T>::Unsigned;
  static constexpr int width = kLanes;
  Scalar v;

  IntVec() = default;
  MARK1_DEVICE IntVec(Scalar broadcast) : v(broadcast) {}
  static MARK1_DEVICE IntVec load(const Scalar* p) { return p[lane()]; }
  static MARK1_DEVICE IntVec load(const Scalar* p, int count) {
    return lane() < count ? p[lane()] : 0;
  }
  static MARK1_DEVICE IntVec iota() { return lane(); }
  MARK1_DEVICE void store(Scalar* p) const { p[lane()] = v; }
  MARK1_DEVICE void store(Scalar* p, int count) const {
    if (lane() < count) p[lane()] = v;
  }

  // Unsigned inside, so that wrapping around is defined as in the vector instructions.
  friend MARK1_DEVICE IntVec operator+(IntVec a, IntVec b) {
    return Scalar(Unsigned(a.v) + Unsigned(b.v));
  }
  friend MARK1_DEVICE IntVec operator-(IntVec a, IntVec b) {
    return Scalar(Unsigned(a.v) - Unsigned(b.v));
  }
  friend MARK1_DEVICE IntVec operator&(IntVec a, IntVec b) { return a.v & b.v; }
  friend MARK1_DEVICE IntVec operator|(IntVec a, IntVec b) { return a.v | b.v; }
  friend MARK1_DEVICE IntVec operator^(IntVec a, IntVec b) { return a.v ^ b.v; }
  friend MARK1_DEVICE IntVec operator<<(IntVec a, int n) { return Scalar(Unsigned(a.v) << n); }
  friend MARK1_DEVICE IntVec shr(IntVec a, int n) { return Scalar(Unsigned(a.v) >> n); }
  friend MARK1_DEVICE IntVec sar(IntVec a, int n) { return a.v >> n; }
  friend MARK1_DEVICE Mask<T> operator==(IntVec a, IntVec b) { return {a.v == b.v}; }
  friend MARK1_DEVICE Mask<T> operator>(IntVec a, IntVec b) { return {a.v > b.v}; }
  friend MARK1_DEVICE IntVec select(Mask<T> m, IntVec a, IntVec b) { return m.m ? a : b; }
};

// 32 bits only: AVX2 has no 64-bit integer product.
MARK1_DEVICE inline IntVec<float> operator*(IntVec<float> a, IntVec<float> b) {
  return int32_t(uint32_t(a.v) * uint32_t(b.v));
}

template <class T>
struct Vec {
  using Scalar = T;
  using Mask = MARK1_ISA::Mask<T>;
  using Int = IntVec<T>;
  static constexpr int width = kLanes;
  T v;

  Vec() = default;
  MARK1_DEVICE Vec(T broadcast) : v(broadcast) {}
  static MARK1_DEVICE Vec load(const T* p) { return p[lane()]; }
  static MARK1_DEVICE Vec load(const T* p, int count) { return lane() < count ? p[lane()] : T(0); }
  MARK1_DEVICE void store(T* p) const { p[lane()] = v; }
  MARK1_DEVICE void store(T* p, int count) const {
    if (lane() < count) p[lane()] = v;
  }
  MARK1_DEVICE void stream(T* p) const { p[lane()] = v; }

  friend MARK1_DEVICE Vec operator+(Vec a, Vec b) { return a.v + b.v; }
  friend MARK1_DEVICE Vec operator-(Vec a, Vec b) { return a.v - b.v; }
  friend MARK1_DEVICE Vec operator*(Vec a, Vec b) { return a.v * b.v; }
  friend MARK1_DEVICE Vec operator/(Vec a, Vec b) { return a.v / b.v; }
  friend MARK1_DEVICE Vec operator-(Vec a) { return -a.v; }
  friend MARK1_DEVICE Mask operator<(Vec a, Vec b) { return {a.v < b.v}; }
  friend MARK1_DEVICE Mask operator<=(Vec a, Vec b) { return {a.v <= b.v}; }
  friend MARK1_DEVICE Mask operator>(Vec a, Vec b) { return {a.v > b.v}; }
  friend MARK1_DEVICE Mask operator>=(Vec a, Vec b) { return {a.v >= b.v}; }
  friend MARK1_DEVICE Mask operator==(Vec a, Vec b) { return {a.v == b.v}; }
  friend MARK1_DEVICE Mask operator!=(Vec a, Vec b) { return {a.v != b.v}; }
  friend MARK1_DEVICE Vec select(Mask m, Vec a, Vec b) { return m.m ? a : b; }
  // a on a tie and where either is NaN.
  friend MARK1_DEVICE Vec max_or_first(Vec a, Vec b) { return b.v > a.v ? b : a; }
  friend MARK1_DEVICE Vec min_or_first(Vec a, Vec b) { return b.v < a.v ? b : a; }
  friend MARK1_DEVICE T first(Vec a) { return of_lane(a.v, 0); }
  // Folds the lanes by halving: lane i with lane i + width/2, then width/4, ...
  template <class F>
  friend MARK1_DEVICE T fold(Vec a, F f) {
    for (int half = width / 2; half > 0; half /= 2) a = f(a, Vec(of_lane_after(a.v, half)));
    return first(a);
  }
};

template <class T>
MARK1_DEVICE inline Mask<T> operator&(Mask<T> a, Mask<T> b) {
  return {a.m && b.m};
}
template <class T>
MARK1_DEVICE inline Mask<T> operator|(Mask<T> a, Mask<T> b) {
  return {a.m || b.m};
}
template <class T>
MARK1_DEVICE inline Mask<T> operator!(Mask<T> a) {
  return {!a.m};
}
template <class T>
MARK1_DEVICE inline bool any(Mask<T> a) {
  return ballot(a.m) != 0;
}

template <class V>
MARK1_DEVICE inline typename V::Mask first_lanes(int count) {
  return {lane() < count};
}
template <class T>
MARK1_DEVICE inline uint32_t to_bits(Mask<T> m) {
  return ballot(m.m);
}
template <class V>
MARK1_DEVICE inline typename V::Mask mask_from_bits(uint32_t bits) {
  return {(bits >> lane() & 1) != 0};
}

// a * b + c, rounded once.
MARK1_DEVICE inline Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) {
  return __builtin_fmaf(a.v, b.v, c.v);
}
MARK1_DEVICE inline Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) {
  return __builtin_fma(a.v, b.v, c.v);
}
MARK1_DEVICE inline Vec<float> sqrt(Vec<float> a) {
  return __builtin_sqrtf(a.v);
}
MARK1_DEVICE inline Vec<double> sqrt(Vec<double> a) {
  return __builtin_sqrt(a.v);
}
MARK1_DEVICE inline Vec<float> abs(Vec<float> a) {
  return __builtin_fabsf(a.v);
}
MARK1_DEVICE inline Vec<double> abs(Vec<double> a) {
  return __builtin_fabs(a.v);
}
MARK1_DEVICE inline Vec<float> copysign(Vec<float> a, Vec<float> s) {
  return __builtin_copysignf(a.v, s.v);
}
MARK1_DEVICE inline Vec<double> copysign(Vec<double> a, Vec<double> s) {
  return __builtin_copysign(a.v, s.v);
}
MARK1_DEVICE inline Vec<float> round_even(Vec<float> a) {
  return __builtin_rintf(a.v);
}
MARK1_DEVICE inline Vec<double> round_even(Vec<double> a) {
  return __builtin_rint(a.v);
}
MARK1_DEVICE inline Vec<float> floor(Vec<float> a) {
  return __builtin_floorf(a.v);
}
MARK1_DEVICE inline Vec<double> floor(Vec<double> a) {
  return __builtin_floor(a.v);
}

MARK1_DEVICE inline IntVec<float> bits(Vec<float> a) {
  return __builtin_bit_cast(int32_t, a.v);
}
MARK1_DEVICE inline IntVec<double> bits(Vec<double> a) {
  return __builtin_bit_cast(int64_t, a.v);
}
MARK1_DEVICE inline Vec<float> from_bits(IntVec<float> a) {
  return __builtin_bit_cast(float, a.v);
}
MARK1_DEVICE inline Vec<double> from_bits(IntVec<double> a) {
  return __builtin_bit_cast(double, a.v);
}

// Towards zero; |a| below 2^31 (float) or 2^51 (double), else the result is unspecified.
MARK1_DEVICE inline IntVec<float> to_int(Vec<float> a) {
  return a.v > -0x1p31f && a.v < 0x1p31f ? int32_t(a.v) : INT32_MIN;
}
MARK1_DEVICE inline IntVec<double> to_int(Vec<double> a) {
  return a.v > -0x1p51 && a.v < 0x1p51 ? int64_t(a.v) : INT64_MIN;
}
// |a| below 2^51 for double.
MARK1_DEVICE inline Vec<float> to_float(IntVec<float> a) {
  return float(a.v);
}
MARK1_DEVICE inline Vec<double> to_float(IntVec<double> a) {
  return double(a.v);
}

// 2^n; n is whole and 2^n normal.
MARK1_DEVICE inline Vec<float> pow2(Vec<float> n) {
  return from_bits((to_int(n) + 127) << 23);
}
MARK1_DEVICE inline Vec<double> pow2(Vec<double> n) {
  return from_bits((to_int(n) + 1023) << 52);
}

// a * 2^n rounded once, denormal results included; n is whole, |n| <= 250 (float)
// or 2000 (double), and 0.5 <= |a| <= 2.
MARK1_DEVICE inline Vec<float> scale2(Vec<float> a, Vec<float> n) {
  const int32_t whole = to_int(n).v, half = whole >> 1;
  return a.v * __builtin_bit_cast(float, (half + 127) << 23) *
         __builtin_bit_cast(float, (whole - half + 127) << 23);
}
MARK1_DEVICE inline Vec<double> scale2(Vec<double> a, Vec<double> n) {
  const int64_t whole = to_int(n).v, half = whole >> 1;
  return a.v * __builtin_bit_cast(double, (half + 1023) << 52) *
         __builtin_bit_cast(double, (whole - half + 1023) << 52);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
