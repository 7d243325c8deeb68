// 8 floats or 4 doubles in a 256-bit register; tails by masked loads and stores, which neither read
// nor write memory under a cleared mask. Needs AVX2 and FMA.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace mark1::MARK1_ISA {
namespace {

template <class T>
struct Mask;
template <class T>
struct IntVec;
template <class T>
struct Vec;

template <>
struct Mask<float> {
  __m256 m;
};
inline Mask<float> operator&(Mask<float> a, Mask<float> b) {
  return {_mm256_and_ps(a.m, b.m)};
}
inline Mask<float> operator|(Mask<float> a, Mask<float> b) {
  return {_mm256_or_ps(a.m, b.m)};
}
inline Mask<float> operator!(Mask<float> a) {
  return {_mm256_xor_ps(a.m, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))};
}
inline bool any(Mask<float> a) {
  return _mm256_movemask_ps(a.m) != 0;
}

template <>
struct IntVec<float> {
  using Scalar = int32_t;
  static constexpr int width = 8;
  __m256i v;

  IntVec() = default;
  IntVec(Scalar broadcast) : v(_mm256_set1_epi32(broadcast)) {}
  explicit IntVec(__m256i raw) : v(raw) {}
  static IntVec load(const Scalar* p) { return IntVec(_mm256_loadu_si256((const __m256i*)p)); }
  static IntVec load(const Scalar* p, int count) {
    return IntVec(_mm256_maskload_epi32((const int*)p, lanes(count)));
  }
  static IntVec iota() { return IntVec(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)); }
  void store(Scalar* p) const { _mm256_storeu_si256((__m256i*)p, v); }
  void store(Scalar* p, int count) const { _mm256_maskstore_epi32((int*)p, lanes(count), v); }
  static __m256i lanes(int count) { return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), iota().v); }

  friend IntVec operator+(IntVec a, IntVec b) { return IntVec(_mm256_add_epi32(a.v, b.v)); }
  friend IntVec operator-(IntVec a, IntVec b) { return IntVec(_mm256_sub_epi32(a.v, b.v)); }
  friend IntVec operator*(IntVec a, IntVec b) { return IntVec(_mm256_mullo_epi32(a.v, b.v)); }
  friend IntVec operator&(IntVec a, IntVec b) { return IntVec(_mm256_and_si256(a.v, b.v)); }
  friend IntVec operator|(IntVec a, IntVec b) { return IntVec(_mm256_or_si256(a.v, b.v)); }
  friend IntVec operator^(IntVec a, IntVec b) { return IntVec(_mm256_xor_si256(a.v, b.v)); }
  friend IntVec operator<<(IntVec a, int n) { return IntVec((__m256i)((__v8su)a.v << n)); }
  friend IntVec shr(IntVec a, int n) { return IntVec((__m256i)((__v8su)a.v >> n)); }
  friend IntVec sar(IntVec a, int n) { return IntVec((__m256i)((__v8si)a.v >> n)); }
  friend Mask<float> operator==(IntVec a, IntVec b) {
    return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(a.v, b.v))};
  }
  friend Mask<float> operator>(IntVec a, IntVec b) {
    return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(a.v, b.v))};
  }
  friend IntVec select(Mask<float> m, IntVec a, IntVec b) {
    return IntVec(_mm256_blendv_epi8(b.v, a.v, _mm256_castps_si256(m.m)));
  }
};

template <>
struct Vec<float> {
  using Scalar = float;
  using Mask = MARK1_ISA::Mask<float>;
  using Int = IntVec<float>;
  static constexpr int width = 8;
  __m256 v;

  Vec() = default;
  Vec(float broadcast) : v(_mm256_set1_ps(broadcast)) {}
  explicit Vec(__m256 raw) : v(raw) {}
  static Vec load(const float* p) { return Vec(_mm256_loadu_ps(p)); }
  static Vec load(const float* p, int count) {
    if (__builtin_constant_p(count) && count == width) return load(p);
    return Vec(_mm256_maskload_ps(p, Int::lanes(count)));
  }
  void store(float* p) const { _mm256_storeu_ps(p, v); }
  void store(float* p, int count) const {
    if (__builtin_constant_p(count) && count == width) return store(p);
    _mm256_maskstore_ps(p, Int::lanes(count), v);
  }
  void stream(float* p) const { _mm256_stream_ps(p, v); }
  // columns[j], lane i = p[i * stride + j]: four elements each of 8 rows, transposed. The loads put
  // rows i and i + 4 into one register, so no shuffle crosses a 128-bit lane.
  static void load_columns(const float* p, int64_t stride, Vec (&columns)[4]) {
    __m256 r[4];
    for (int i = 0; i < 4; ++i) {
      const float* q = p + i * stride;
      r[i] = _mm256_zextps128_ps256(_mm_loadu_ps(q));
      r[i] = _mm256_insertf128_ps(r[i], _mm_loadu_ps(q + 4 * stride), 1);
    }
    const __m256 a = _mm256_unpacklo_ps(r[0], r[1]);
    const __m256 b = _mm256_unpackhi_ps(r[0], r[1]);
    const __m256 c = _mm256_unpacklo_ps(r[2], r[3]);
    const __m256 d = _mm256_unpackhi_ps(r[2], r[3]);
    columns[0] = Vec(_mm256_shuffle_ps(a, c, 0x44));
    columns[1] = Vec(_mm256_shuffle_ps(a, c, 0xee));
    columns[2] = Vec(_mm256_shuffle_ps(b, d, 0x44));
    columns[3] = Vec(_mm256_shuffle_ps(b, d, 0xee));
  }

  // As many elements of each row as are transposed at once.
  static constexpr int block = 4;
  static void load_block(const float* p, int64_t stride, Vec (&columns)[block]) {
    load_columns(p, stride, columns);
  }

  friend Vec operator+(Vec a, Vec b) { return Vec(_mm256_add_ps(a.v, b.v)); }
  friend Vec operator-(Vec a, Vec b) { return Vec(_mm256_sub_ps(a.v, b.v)); }
  friend Vec operator*(Vec a, Vec b) { return Vec(_mm256_mul_ps(a.v, b.v)); }
  friend Vec operator/(Vec a, Vec b) { return Vec(_mm256_div_ps(a.v, b.v)); }
  friend Vec operator-(Vec a) { return Vec(_mm256_xor_ps(a.v, sign())); }
  friend Mask operator<(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
  friend Mask operator<=(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LE_OQ)}; }
  friend Mask operator>(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GT_OQ)}; }
  friend Mask operator>=(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GE_OQ)}; }
  friend Mask operator==(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ)}; }
  friend Mask operator!=(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_NEQ_UQ)}; }
  friend Vec select(Mask m, Vec a, Vec b) { return Vec(_mm256_blendv_ps(b.v, a.v, m.m)); }
  friend Vec max_or_first(Vec a, Vec b) { return Vec(_mm256_max_ps(b.v, a.v)); }
  friend Vec min_or_first(Vec a, Vec b) { return Vec(_mm256_min_ps(b.v, a.v)); }
  friend float first(Vec a) { return _mm256_cvtss_f32(a.v); }
  template <class F>
  friend float fold(Vec v, F f) {
    v = f(v, Vec(_mm256_permute2f128_ps(v.v, v.v, 0x01)));
    v = f(v, Vec(_mm256_permute_ps(v.v, 0x0e)));
    v = f(v, Vec(_mm256_permute_ps(v.v, 0x01)));
    return first(v);
  }
  static __m256 sign() { return _mm256_set1_ps(-0.0f); }
};
inline Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) {
  return Vec<float>(_mm256_fmadd_ps(a.v, b.v, c.v));
}
inline Vec<float> reversed(Vec<float> a) {
  const __m256i order = _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0);
  return Vec<float>(_mm256_permutevar8x32_ps(a.v, order));
}
inline Vec<float> sqrt(Vec<float> a) {
  return Vec<float>(_mm256_sqrt_ps(a.v));
}
inline Vec<float> abs(Vec<float> a) {
  return Vec<float>(_mm256_andnot_ps(a.sign(), a.v));
}
inline Vec<float> copysign(Vec<float> a, Vec<float> s) {
  return Vec<float>(_mm256_or_ps(_mm256_andnot_ps(a.sign(), a.v), _mm256_and_ps(a.sign(), s.v)));
}
inline Vec<float> round_even(Vec<float> a) {
  return Vec<float>(_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
inline Vec<float> floor(Vec<float> a) {
  return Vec<float>(_mm256_round_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}
inline IntVec<float> bits(Vec<float> a) {
  return IntVec<float>(_mm256_castps_si256(a.v));
}
inline Vec<float> from_bits(IntVec<float> a) {
  return Vec<float>(_mm256_castsi256_ps(a.v));
}
inline IntVec<float> to_int(Vec<float> a) {
  return IntVec<float>(_mm256_cvttps_epi32(a.v));
}
inline Vec<float> to_float(IntVec<float> a) {
  return Vec<float>(_mm256_cvtepi32_ps(a.v));
}
inline Vec<float> pow2(Vec<float> n) {
  return from_bits((to_int(n) + 127) << 23);
}
inline Vec<float> scale2(Vec<float> a, Vec<float> n) {
  const IntVec<float> whole = to_int(n), half = sar(whole, 1), bias(127);
  return a * from_bits((half + bias) << 23) * from_bits((whole - half + bias) << 23);
}

template <>
struct Mask<double> {
  __m256d m;
};
inline Mask<double> operator&(Mask<double> a, Mask<double> b) {
  return {_mm256_and_pd(a.m, b.m)};
}
inline Mask<double> operator|(Mask<double> a, Mask<double> b) {
  return {_mm256_or_pd(a.m, b.m)};
}
inline Mask<double> operator!(Mask<double> a) {
  return {_mm256_xor_pd(a.m, _mm256_castsi256_pd(_mm256_set1_epi32(-1)))};
}
inline bool any(Mask<double> a) {
  return _mm256_movemask_pd(a.m) != 0;
}

template <>
struct IntVec<double> {
  using Scalar = int64_t;
  static constexpr int width = 4;
  __m256i v;

  IntVec() = default;
  IntVec(Scalar broadcast) : v(_mm256_set1_epi64x(broadcast)) {}
  explicit IntVec(__m256i raw) : v(raw) {}
  static IntVec load(const Scalar* p) { return IntVec(_mm256_loadu_si256((const __m256i*)p)); }
  static IntVec load(const Scalar* p, int count) {
    return IntVec(_mm256_maskload_epi64((const long long*)p, lanes(count)));
  }
  static IntVec iota() { return IntVec(_mm256_setr_epi64x(0, 1, 2, 3)); }
  void store(Scalar* p) const { _mm256_storeu_si256((__m256i*)p, v); }
  void store(Scalar* p, int count) const { _mm256_maskstore_epi64((long long*)p, lanes(count), v); }
  static __m256i lanes(int count) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), iota().v);
  }

  friend IntVec operator+(IntVec a, IntVec b) { return IntVec(_mm256_add_epi64(a.v, b.v)); }
  friend IntVec operator-(IntVec a, IntVec b) { return IntVec(_mm256_sub_epi64(a.v, b.v)); }
  friend IntVec operator&(IntVec a, IntVec b) { return IntVec(_mm256_and_si256(a.v, b.v)); }
  friend IntVec operator|(IntVec a, IntVec b) { return IntVec(_mm256_or_si256(a.v, b.v)); }
  friend IntVec operator^(IntVec a, IntVec b) { return IntVec(_mm256_xor_si256(a.v, b.v)); }
  friend IntVec operator<<(IntVec a, int n) { return IntVec((__m256i)((__v4du)a.v << n)); }
  friend IntVec shr(IntVec a, int n) { return IntVec((__m256i)((__v4du)a.v >> n)); }
  friend IntVec sar(IntVec a, int n) { return IntVec((__m256i)((__v4di)a.v >> n)); }
  friend Mask<double> operator==(IntVec a, IntVec b) {
    return {_mm256_castsi256_pd(_mm256_cmpeq_epi64(a.v, b.v))};
  }
  friend Mask<double> operator>(IntVec a, IntVec b) {
    return {_mm256_castsi256_pd(_mm256_cmpgt_epi64(a.v, b.v))};
  }
  friend IntVec select(Mask<double> m, IntVec a, IntVec b) {
    return IntVec(_mm256_blendv_epi8(b.v, a.v, _mm256_castpd_si256(m.m)));
  }
};

template <>
struct Vec<double> {
  using Scalar = double;
  using Mask = MARK1_ISA::Mask<double>;
  using Int = IntVec<double>;
  static constexpr int width = 4;
  __m256d v;

  Vec() = default;
  Vec(double broadcast) : v(_mm256_set1_pd(broadcast)) {}
  explicit Vec(__m256d raw) : v(raw) {}
  static Vec load(const double* p) { return Vec(_mm256_loadu_pd(p)); }
  static Vec load(const double* p, int count) {
    if (__builtin_constant_p(count) && count == width) return load(p);
    return Vec(_mm256_maskload_pd(p, Int::lanes(count)));
  }
  void store(double* p) const { _mm256_storeu_pd(p, v); }
  void store(double* p, int count) const {
    if (__builtin_constant_p(count) && count == width) return store(p);
    _mm256_maskstore_pd(p, Int::lanes(count), v);
  }
  void stream(double* p) const { _mm256_stream_pd(p, v); }
  // columns[j], lane i = p[i * stride + j]: two elements each of 4 rows, transposed.
  static void load_columns(const double* p, int64_t stride, Vec (&columns)[2]) {
    __m256d r[2];
    for (int i = 0; i < 2; ++i) {
      const double* q = p + i * stride;
      r[i] = _mm256_zextpd128_pd256(_mm_loadu_pd(q));
      r[i] = _mm256_insertf128_pd(r[i], _mm_loadu_pd(q + 2 * stride), 1);
    }
    columns[0] = Vec(_mm256_unpacklo_pd(r[0], r[1]));
    columns[1] = Vec(_mm256_unpackhi_pd(r[0], r[1]));
  }

  static constexpr int block = 2;
  static void load_block(const double* p, int64_t stride, Vec (&columns)[block]) {
    load_columns(p, stride, columns);
  }

  friend Vec operator+(Vec a, Vec b) { return Vec(_mm256_add_pd(a.v, b.v)); }
  friend Vec operator-(Vec a, Vec b) { return Vec(_mm256_sub_pd(a.v, b.v)); }
  friend Vec operator*(Vec a, Vec b) { return Vec(_mm256_mul_pd(a.v, b.v)); }
  friend Vec operator/(Vec a, Vec b) { return Vec(_mm256_div_pd(a.v, b.v)); }
  friend Vec operator-(Vec a) { return Vec(_mm256_xor_pd(a.v, sign())); }
  friend Mask operator<(Vec a, Vec b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_LT_OQ)}; }
  friend Mask operator<=(Vec a, Vec b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_LE_OQ)}; }
  friend Mask operator>(Vec a, Vec b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_GT_OQ)}; }
  friend Mask operator>=(Vec a, Vec b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_GE_OQ)}; }
  friend Mask operator==(Vec a, Vec b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_EQ_OQ)}; }
  friend Mask operator!=(Vec a, Vec b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_NEQ_UQ)}; }
  friend Vec select(Mask m, Vec a, Vec b) { return Vec(_mm256_blendv_pd(b.v, a.v, m.m)); }
  friend Vec max_or_first(Vec a, Vec b) { return Vec(_mm256_max_pd(b.v, a.v)); }
  friend Vec min_or_first(Vec a, Vec b) { return Vec(_mm256_min_pd(b.v, a.v)); }
  friend double first(Vec a) { return _mm256_cvtsd_f64(a.v); }
  template <class F>
  friend double fold(Vec v, F f) {
    v = f(v, Vec(_mm256_permute2f128_pd(v.v, v.v, 0x01)));
    v = f(v, Vec(_mm256_permute_pd(v.v, 0x05)));
    return first(v);
  }
  static __m256d sign() { return _mm256_set1_pd(-0.0); }
};
inline Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) {
  return Vec<double>(_mm256_fmadd_pd(a.v, b.v, c.v));
}
inline Vec<double> reversed(Vec<double> a) {
  return Vec<double>(_mm256_permute4x64_pd(a.v, 0x1b));
}
inline Vec<double> sqrt(Vec<double> a) {
  return Vec<double>(_mm256_sqrt_pd(a.v));
}
inline Vec<double> abs(Vec<double> a) {
  return Vec<double>(_mm256_andnot_pd(a.sign(), a.v));
}
inline Vec<double> copysign(Vec<double> a, Vec<double> s) {
  return Vec<double>(_mm256_or_pd(_mm256_andnot_pd(a.sign(), a.v), _mm256_and_pd(a.sign(), s.v)));
}
inline Vec<double> round_even(Vec<double> a) {
  return Vec<double>(_mm256_round_pd(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
inline Vec<double> floor(Vec<double> a) {
  return Vec<double>(_mm256_round_pd(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}
inline IntVec<double> bits(Vec<double> a) {
  return IntVec<double>(_mm256_castpd_si256(a.v));
}
inline Vec<double> from_bits(IntVec<double> a) {
  return Vec<double>(_mm256_castsi256_pd(a.v));
}
// AVX2 converts no 64-bit integers: below 2^51 the bits of a + 1.5 * 2^52 hold the integer.
inline IntVec<double> to_int(Vec<double> a) {
  const Vec<double> whole(_mm256_round_pd(a.v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)),
      big(0x1.8p52);
  return bits(whole + big) - bits(big);
}
inline Vec<double> to_float(IntVec<double> a) {
  const Vec<double> big(0x1.8p52);
  return from_bits(a + bits(big)) - big;
}
inline Vec<double> pow2(Vec<double> n) {
  return from_bits((to_int(n) + 1023) << 52);
}
inline Vec<double> scale2(Vec<double> a, Vec<double> n) {
  const IntVec<double> whole = to_int(n), half = sar(whole, 1), bias(1023);
  return a * from_bits((half + bias) << 52) * from_bits((whole - half + bias) << 52);
}

template <class V>
inline typename V::Mask first_lanes(int count);
template <>
inline Mask<float> first_lanes<Vec<float>>(int count) {
  return {_mm256_castsi256_ps(IntVec<float>::lanes(count))};
}
template <>
inline Mask<double> first_lanes<Vec<double>>(int count) {
  return {_mm256_castsi256_pd(IntVec<double>::lanes(count))};
}
inline uint32_t to_bits(Mask<float> m) {
  return uint32_t(_mm256_movemask_ps(m.m));
}
inline uint32_t to_bits(Mask<double> m) {
  return uint32_t(_mm256_movemask_pd(m.m));
}
template <class V>
inline typename V::Mask mask_from_bits(uint32_t bits);
template <>
inline Mask<float> mask_from_bits<Vec<float>>(uint32_t bits) {
  const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  const __m256i set = _mm256_and_si256(_mm256_set1_epi32(int(bits)), lane);
  return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(set, lane))};
}
template <>
inline Mask<double> mask_from_bits<Vec<double>>(uint32_t bits) {
  const __m256i lane = _mm256_setr_epi64x(1, 2, 4, 8);
  const __m256i set = _mm256_and_si256(_mm256_set1_epi64x(int64_t(bits)), lane);
  return {_mm256_castsi256_pd(_mm256_cmpeq_epi64(set, lane))};
}

}  // namespace
}  // namespace mark1::MARK1_ISA
