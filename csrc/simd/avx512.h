// 16 floats or 8 doubles in a 512-bit register; tails by mask registers.
// Needs AVX-512 F, VL, DQ and BW.
#pragma once

// GCC 12's intrinsics start from a deliberately undefined register and then warn about it (PR
// 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

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
  __mmask16 m;
};
inline Mask<float> operator&(Mask<float> a, Mask<float> b) {
  return {__mmask16(a.m & b.m)};
}
inline Mask<float> operator|(Mask<float> a, Mask<float> b) {
  return {__mmask16(a.m | b.m)};
}
inline Mask<float> operator!(Mask<float> a) {
  return {__mmask16(~a.m)};
}
inline bool any(Mask<float> a) {
  return a.m != 0;
}

template <>
struct IntVec<float> {
  using Scalar = int32_t;
  static constexpr int width = 16;
  __m512i v;

  IntVec() = default;
  IntVec(Scalar broadcast) : v(_mm512_set1_epi32(broadcast)) {}
  explicit IntVec(__m512i raw) : v(raw) {}
  static IntVec load(const Scalar* p) { return IntVec(_mm512_loadu_si512(p)); }
  static IntVec load(const Scalar* p, int count) {
    return IntVec(_mm512_maskz_loadu_epi32(lanes(count), p));
  }
  static IntVec iota() {
    return IntVec(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  }
  void store(Scalar* p) const { _mm512_storeu_si512(p, v); }
  void store(Scalar* p, int count) const { _mm512_mask_storeu_epi32(p, lanes(count), v); }
  static __mmask16 lanes(int count) { return __mmask16((1u << count) - 1); }

  friend IntVec operator+(IntVec a, IntVec b) { return IntVec(_mm512_add_epi32(a.v, b.v)); }
  friend IntVec operator-(IntVec a, IntVec b) { return IntVec(_mm512_sub_epi32(a.v, b.v)); }
  friend IntVec operator*(IntVec a, IntVec b) { return IntVec(_mm512_mullo_epi32(a.v, b.v)); }
  friend IntVec operator&(IntVec a, IntVec b) { return IntVec(_mm512_and_si512(a.v, b.v)); }
  friend IntVec operator|(IntVec a, IntVec b) { return IntVec(_mm512_or_si512(a.v, b.v)); }
  friend IntVec operator^(IntVec a, IntVec b) { return IntVec(_mm512_xor_si512(a.v, b.v)); }
  friend IntVec operator<<(IntVec a, int n) { return IntVec((__m512i)((__v16su)a.v << n)); }
  friend IntVec shr(IntVec a, int n) { return IntVec((__m512i)((__v16su)a.v >> n)); }
  friend IntVec sar(IntVec a, int n) { return IntVec((__m512i)((__v16si)a.v >> n)); }
  friend Mask<float> operator==(IntVec a, IntVec b) { return {_mm512_cmpeq_epi32_mask(a.v, b.v)}; }
  friend Mask<float> operator>(IntVec a, IntVec b) { return {_mm512_cmpgt_epi32_mask(a.v, b.v)}; }
  friend IntVec select(Mask<float> m, IntVec a, IntVec b) {
    return IntVec(_mm512_mask_blend_epi32(m.m, b.v, a.v));
  }
};

template <>
struct Vec<float> {
  using Scalar = float;
  using Mask = MARK1_ISA::Mask<float>;
  using Int = IntVec<float>;
  static constexpr int width = 16;
  __m512 v;

  Vec() = default;
  Vec(float broadcast) : v(_mm512_set1_ps(broadcast)) {}
  explicit Vec(__m512 raw) : v(raw) {}
  static Vec load(const float* p) { return Vec(_mm512_loadu_ps(p)); }
  static Vec load(const float* p, int count) {
    if (__builtin_constant_p(count) && count == width) return load(p);
    return Vec(_mm512_maskz_loadu_ps(Int::lanes(count), p));
  }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  void store(float* p, int count) const {
    if (__builtin_constant_p(count) && count == width) return store(p);
    _mm512_mask_storeu_ps(p, Int::lanes(count), v);
  }
  void stream(float* p) const { _mm512_stream_ps(p, v); }
  // columns[j], lane i = p[i * stride + j]: four elements each of 16 rows, transposed. The loads
  // put rows i, i + 4, i + 8, i + 12 into one register, so no shuffle crosses a 128-bit lane.
  static void load_columns(const float* p, int64_t stride, Vec (&columns)[4]) {
    __m512 r[4];
    for (int i = 0; i < 4; ++i) {
      const float* q = p + i * stride;
      r[i] = _mm512_zextps128_ps512(_mm_loadu_ps(q));
      r[i] = _mm512_insertf32x4(r[i], _mm_loadu_ps(q + 4 * stride), 1);
      r[i] = _mm512_insertf32x4(r[i], _mm_loadu_ps(q + 8 * stride), 2);
      r[i] = _mm512_insertf32x4(r[i], _mm_loadu_ps(q + 12 * stride), 3);
    }
    const __m512 a = _mm512_unpacklo_ps(r[0], r[1]);
    const __m512 b = _mm512_unpackhi_ps(r[0], r[1]);
    const __m512 c = _mm512_unpacklo_ps(r[2], r[3]);
    const __m512 d = _mm512_unpackhi_ps(r[2], r[3]);
    columns[0] = Vec(_mm512_shuffle_ps(a, c, 0x44));
    columns[1] = Vec(_mm512_shuffle_ps(a, c, 0xee));
    columns[2] = Vec(_mm512_shuffle_ps(b, d, 0x44));
    columns[3] = Vec(_mm512_shuffle_ps(b, d, 0xee));
  }

  // Sixteen elements each of 16 rows, transposed. Whole cache lines are read at once: with rows a
  // multiple of 4 KB apart all 16 belong to one set of a cache that may have room for 12.
  static constexpr int block = 16;
  static void load_block(const float* p, int64_t stride, Vec (&columns)[block]) {
    __m512 q[4][4];  // [rows 4 g to 4 g + 3][k]: lane L holds column 4 L + k of the four rows
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g) {
      const float* from = p + 4 * g * stride;
      const __m512 r0 = _mm512_loadu_ps(from), r1 = _mm512_loadu_ps(from + stride);
      const __m512 r2 = _mm512_loadu_ps(from + 2 * stride);
      const __m512 r3 = _mm512_loadu_ps(from + 3 * stride);
      const __m512 a = _mm512_unpacklo_ps(r0, r1), b = _mm512_unpackhi_ps(r0, r1);
      const __m512 c = _mm512_unpacklo_ps(r2, r3), d = _mm512_unpackhi_ps(r2, r3);
      q[g][0] = _mm512_shuffle_ps(a, c, 0x44);
      q[g][1] = _mm512_shuffle_ps(a, c, 0xee);
      q[g][2] = _mm512_shuffle_ps(b, d, 0x44);
      q[g][3] = _mm512_shuffle_ps(b, d, 0xee);
    }
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
      const __m512 x0 = _mm512_shuffle_f32x4(q[0][k], q[1][k], 0x88);
      const __m512 x1 = _mm512_shuffle_f32x4(q[0][k], q[1][k], 0xdd);
      const __m512 y0 = _mm512_shuffle_f32x4(q[2][k], q[3][k], 0x88);
      const __m512 y1 = _mm512_shuffle_f32x4(q[2][k], q[3][k], 0xdd);
      columns[k] = Vec(_mm512_shuffle_f32x4(x0, y0, 0x88));
      columns[4 + k] = Vec(_mm512_shuffle_f32x4(x1, y1, 0x88));
      columns[8 + k] = Vec(_mm512_shuffle_f32x4(x0, y0, 0xdd));
      columns[12 + k] = Vec(_mm512_shuffle_f32x4(x1, y1, 0xdd));
    }
  }

  friend Vec operator+(Vec a, Vec b) { return Vec(_mm512_add_ps(a.v, b.v)); }
  friend Vec operator-(Vec a, Vec b) { return Vec(_mm512_sub_ps(a.v, b.v)); }
  friend Vec operator*(Vec a, Vec b) { return Vec(_mm512_mul_ps(a.v, b.v)); }
  friend Vec operator/(Vec a, Vec b) { return Vec(_mm512_div_ps(a.v, b.v)); }
  friend Vec operator-(Vec a) { return Vec(_mm512_xor_ps(a.v, sign())); }
  friend Mask operator<(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
  friend Mask operator<=(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ)}; }
  friend Mask operator>(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ)}; }
  friend Mask operator>=(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ)}; }
  friend Mask operator==(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
  friend Mask operator!=(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_NEQ_UQ)}; }
  friend Vec select(Mask m, Vec a, Vec b) { return Vec(_mm512_mask_blend_ps(m.m, b.v, a.v)); }
  friend Vec max_or_first(Vec a, Vec b) { return Vec(_mm512_max_ps(b.v, a.v)); }
  friend Vec min_or_first(Vec a, Vec b) { return Vec(_mm512_min_ps(b.v, a.v)); }
  friend float first(Vec a) { return _mm512_cvtss_f32(a.v); }
  template <class F>
  friend float fold(Vec v, F f) {
    v = f(v, Vec(_mm512_shuffle_f32x4(v.v, v.v, 0x0e)));
    v = f(v, Vec(_mm512_shuffle_f32x4(v.v, v.v, 0x01)));
    v = f(v, Vec(_mm512_permute_ps(v.v, 0x0e)));
    v = f(v, Vec(_mm512_permute_ps(v.v, 0x01)));
    return first(v);
  }
  static __m512 sign() { return _mm512_set1_ps(-0.0f); }
};
inline Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) {
  return Vec<float>(_mm512_fmadd_ps(a.v, b.v, c.v));
}
inline Vec<float> reversed(Vec<float> a) {
  const __m512i order = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  return Vec<float>(_mm512_permutexvar_ps(order, a.v));
}
inline Vec<float> sqrt(Vec<float> a) {
  return Vec<float>(_mm512_sqrt_ps(a.v));
}
inline Vec<float> abs(Vec<float> a) {
  return Vec<float>(_mm512_andnot_ps(a.sign(), a.v));
}
inline Vec<float> copysign(Vec<float> a, Vec<float> s) {
  return Vec<float>(_mm512_or_ps(_mm512_andnot_ps(a.sign(), a.v), _mm512_and_ps(a.sign(), s.v)));
}
inline Vec<float> round_even(Vec<float> a) {
  return Vec<float>(_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
inline Vec<float> floor(Vec<float> a) {
  return Vec<float>(_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}
inline IntVec<float> bits(Vec<float> a) {
  return IntVec<float>(_mm512_castps_si512(a.v));
}
inline Vec<float> from_bits(IntVec<float> a) {
  return Vec<float>(_mm512_castsi512_ps(a.v));
}
inline IntVec<float> to_int(Vec<float> a) {
  return IntVec<float>(_mm512_cvttps_epi32(a.v));
}
inline Vec<float> to_float(IntVec<float> a) {
  return Vec<float>(_mm512_cvtepi32_ps(a.v));
}
inline Vec<float> pow2(Vec<float> n) {
  return Vec<float>(_mm512_scalef_ps(Vec<float>(1).v, n.v));
}
inline Vec<float> scale2(Vec<float> a, Vec<float> n) {
  return Vec<float>(_mm512_scalef_ps(a.v, n.v));
}

template <>
struct Mask<double> {
  __mmask8 m;
};
inline Mask<double> operator&(Mask<double> a, Mask<double> b) {
  return {__mmask8(a.m & b.m)};
}
inline Mask<double> operator|(Mask<double> a, Mask<double> b) {
  return {__mmask8(a.m | b.m)};
}
inline Mask<double> operator!(Mask<double> a) {
  return {__mmask8(~a.m)};
}
inline bool any(Mask<double> a) {
  return a.m != 0;
}

template <>
struct IntVec<double> {
  using Scalar = int64_t;
  static constexpr int width = 8;
  __m512i v;

  IntVec() = default;
  IntVec(Scalar broadcast) : v(_mm512_set1_epi64(broadcast)) {}
  explicit IntVec(__m512i raw) : v(raw) {}
  static IntVec load(const Scalar* p) { return IntVec(_mm512_loadu_si512(p)); }
  static IntVec load(const Scalar* p, int count) {
    return IntVec(_mm512_maskz_loadu_epi64(lanes(count), p));
  }
  static IntVec iota() { return IntVec(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7)); }
  void store(Scalar* p) const { _mm512_storeu_si512(p, v); }
  void store(Scalar* p, int count) const { _mm512_mask_storeu_epi64(p, lanes(count), v); }
  static __mmask8 lanes(int count) { return __mmask8((1u << count) - 1); }

  friend IntVec operator+(IntVec a, IntVec b) { return IntVec(_mm512_add_epi64(a.v, b.v)); }
  friend IntVec operator-(IntVec a, IntVec b) { return IntVec(_mm512_sub_epi64(a.v, b.v)); }
  friend IntVec operator&(IntVec a, IntVec b) { return IntVec(_mm512_and_si512(a.v, b.v)); }
  friend IntVec operator|(IntVec a, IntVec b) { return IntVec(_mm512_or_si512(a.v, b.v)); }
  friend IntVec operator^(IntVec a, IntVec b) { return IntVec(_mm512_xor_si512(a.v, b.v)); }
  friend IntVec operator<<(IntVec a, int n) { return IntVec((__m512i)((__v8du)a.v << n)); }
  friend IntVec shr(IntVec a, int n) { return IntVec((__m512i)((__v8du)a.v >> n)); }
  friend IntVec sar(IntVec a, int n) { return IntVec((__m512i)((__v8di)a.v >> n)); }
  friend Mask<double> operator==(IntVec a, IntVec b) { return {_mm512_cmpeq_epi64_mask(a.v, b.v)}; }
  friend Mask<double> operator>(IntVec a, IntVec b) { return {_mm512_cmpgt_epi64_mask(a.v, b.v)}; }
  friend IntVec select(Mask<double> m, IntVec a, IntVec b) {
    return IntVec(_mm512_mask_blend_epi64(m.m, b.v, a.v));
  }
};

template <>
struct Vec<double> {
  using Scalar = double;
  using Mask = MARK1_ISA::Mask<double>;
  using Int = IntVec<double>;
  static constexpr int width = 8;
  __m512d v;

  Vec() = default;
  Vec(double broadcast) : v(_mm512_set1_pd(broadcast)) {}
  explicit Vec(__m512d raw) : v(raw) {}
  static Vec load(const double* p) { return Vec(_mm512_loadu_pd(p)); }
  static Vec load(const double* p, int count) {
    if (__builtin_constant_p(count) && count == width) return load(p);
    return Vec(_mm512_maskz_loadu_pd(Int::lanes(count), p));
  }
  void store(double* p) const { _mm512_storeu_pd(p, v); }
  void store(double* p, int count) const {
    if (__builtin_constant_p(count) && count == width) return store(p);
    _mm512_mask_storeu_pd(p, Int::lanes(count), v);
  }
  void stream(double* p) const { _mm512_stream_pd(p, v); }
  // columns[j], lane i = p[i * stride + j]: two elements each of 8 rows, transposed.
  static void load_columns(const double* p, int64_t stride, Vec (&columns)[2]) {
    __m512d r[2];
    for (int i = 0; i < 2; ++i) {
      const double* q = p + i * stride;
      r[i] = _mm512_zextpd128_pd512(_mm_loadu_pd(q));
      r[i] = _mm512_insertf64x2(r[i], _mm_loadu_pd(q + 2 * stride), 1);
      r[i] = _mm512_insertf64x2(r[i], _mm_loadu_pd(q + 4 * stride), 2);
      r[i] = _mm512_insertf64x2(r[i], _mm_loadu_pd(q + 6 * stride), 3);
    }
    columns[0] = Vec(_mm512_unpacklo_pd(r[0], r[1]));
    columns[1] = Vec(_mm512_unpackhi_pd(r[0], r[1]));
  }

  static constexpr int block = 2;
  static void load_block(const double* p, int64_t stride, Vec (&columns)[block]) {
    load_columns(p, stride, columns);
  }

  friend Vec operator+(Vec a, Vec b) { return Vec(_mm512_add_pd(a.v, b.v)); }
  friend Vec operator-(Vec a, Vec b) { return Vec(_mm512_sub_pd(a.v, b.v)); }
  friend Vec operator*(Vec a, Vec b) { return Vec(_mm512_mul_pd(a.v, b.v)); }
  friend Vec operator/(Vec a, Vec b) { return Vec(_mm512_div_pd(a.v, b.v)); }
  friend Vec operator-(Vec a) { return Vec(_mm512_xor_pd(a.v, sign())); }
  friend Mask operator<(Vec a, Vec b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ)}; }
  friend Mask operator<=(Vec a, Vec b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LE_OQ)}; }
  friend Mask operator>(Vec a, Vec b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_GT_OQ)}; }
  friend Mask operator>=(Vec a, Vec b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_GE_OQ)}; }
  friend Mask operator==(Vec a, Vec b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_EQ_OQ)}; }
  friend Mask operator!=(Vec a, Vec b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_NEQ_UQ)}; }
  friend Vec select(Mask m, Vec a, Vec b) { return Vec(_mm512_mask_blend_pd(m.m, b.v, a.v)); }
  friend Vec max_or_first(Vec a, Vec b) { return Vec(_mm512_max_pd(b.v, a.v)); }
  friend Vec min_or_first(Vec a, Vec b) { return Vec(_mm512_min_pd(b.v, a.v)); }
  friend double first(Vec a) { return _mm512_cvtsd_f64(a.v); }
  template <class F>
  friend double fold(Vec v, F f) {
    v = f(v, Vec(_mm512_shuffle_f64x2(v.v, v.v, 0x0e)));
    v = f(v, Vec(_mm512_shuffle_f64x2(v.v, v.v, 0x01)));
    v = f(v, Vec(_mm512_permute_pd(v.v, 0x01)));
    return first(v);
  }
  static __m512d sign() { return _mm512_set1_pd(-0.0); }
};
inline Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) {
  return Vec<double>(_mm512_fmadd_pd(a.v, b.v, c.v));
}
inline Vec<double> reversed(Vec<double> a) {
  return Vec<double>(_mm512_permutexvar_pd(_mm512_setr_epi64(7, 6, 5, 4, 3, 2, 1, 0), a.v));
}
inline Vec<double> sqrt(Vec<double> a) {
  return Vec<double>(_mm512_sqrt_pd(a.v));
}
inline Vec<double> abs(Vec<double> a) {
  return Vec<double>(_mm512_andnot_pd(a.sign(), a.v));
}
inline Vec<double> copysign(Vec<double> a, Vec<double> s) {
  return Vec<double>(_mm512_or_pd(_mm512_andnot_pd(a.sign(), a.v), _mm512_and_pd(a.sign(), s.v)));
}
inline Vec<double> round_even(Vec<double> a) {
  return Vec<double>(_mm512_roundscale_pd(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
inline Vec<double> floor(Vec<double> a) {
  return Vec<double>(_mm512_roundscale_pd(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}
inline IntVec<double> bits(Vec<double> a) {
  return IntVec<double>(_mm512_castpd_si512(a.v));
}
inline Vec<double> from_bits(IntVec<double> a) {
  return Vec<double>(_mm512_castsi512_pd(a.v));
}
inline IntVec<double> to_int(Vec<double> a) {
  return IntVec<double>(_mm512_cvttpd_epi64(a.v));
}
inline Vec<double> to_float(IntVec<double> a) {
  return Vec<double>(_mm512_cvtepi64_pd(a.v));
}
inline Vec<double> pow2(Vec<double> n) {
  return Vec<double>(_mm512_scalef_pd(Vec<double>(1).v, n.v));
}
inline Vec<double> scale2(Vec<double> a, Vec<double> n) {
  return Vec<double>(_mm512_scalef_pd(a.v, n.v));
}

template <class V>
inline typename V::Mask first_lanes(int count) {
  return {V::Int::lanes(count)};
}
template <class T>
inline uint32_t to_bits(Mask<T> m) {
  return m.m;
}
template <class V>
inline typename V::Mask mask_from_bits(uint32_t bits) {
  return {decltype(V::Mask::m)(bits)};
}

}  // namespace
}  // namespace mark1::MARK1_ISA
