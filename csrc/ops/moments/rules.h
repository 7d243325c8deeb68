// What tells the moments apart, over vectors of any width. A Rule says how a piece's first number
// is gathered (Fold from `start` over `seen`) and finished, what the terms of its second are, and
// how pieces are put together: piece(p) returns the numbers of one, of which there are `count(p)`.
#pragma once

#include "math/exp.h"
#include "math/log.h"
#include "simd/chan.h"
#include "simd/row_block.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class V, class Piece>
MARK1_DEVICE inline V greatest_first(int64_t pieces, Piece piece) {
  V top = piece(0).first;
  for (int64_t p = 1; p < pieces; ++p) top = max(top, piece(p).first);
  return top;
}

struct LogSumExpRule {
  using Fold = MaxLanes;
  static constexpr double start = -__builtin_inf();
  static constexpr bool often_as_it_is = false;
  template <class V>
  static MARK1_DEVICE V seen(V x) {
    return x;
  }
  template <class V>
  static MARK1_DEVICE V first(V top, V) {
    return top;
  }
  // Zero where the greatest is infinite or NaN.
  template <class V>
  static MARK1_DEVICE V about(V top) {
    return select(top - top == V(0), top, V(0));
  }
  template <class V>
  static MARK1_DEVICE V term(V x, V about) {
    return exp(x - about);
  }
  template <class V, class Piece, class Number>
  static MARK1_DEVICE V combine(int64_t pieces, int64_t, Piece piece, Number) {
    const V top = greatest_first<V>(pieces, piece), centre = about(top);
    GroupedTotal<V> sum;
    for (int64_t p = 0; p < pieces; ++p) {
      const auto part = piece(p);
      sum.add(part.second * exp(part.first - centre));
    }
    return log(sum.result()) + centre;
  }
};

struct VarianceRule {
  using Fold = SumLanes;
  static constexpr double start = 0;
  static constexpr bool often_as_it_is = false;
  template <class V>
  static MARK1_DEVICE V seen(V x) {
    return x;
  }
  template <class V>
  static MARK1_DEVICE V first(V sum, V number) {
    return sum / number;
  }
  template <class V>
  static MARK1_DEVICE V about(V mean) {
    return mean;
  }
  template <class V>
  static MARK1_DEVICE V term(V x, V mean) {
    const V d = x - mean;
    return d * d;
  }
  template <class V, class Piece, class Number>
  static MARK1_DEVICE V combine(int64_t pieces, int64_t n, Piece piece, Number number) {
    GroupedMoments<V> merged;
    for (int64_t p = 0; p < pieces; ++p) {
      const auto part = piece(p);
      merged.add({number(p), part.first, part.second});
    }
    return merged.result().squares / V(static_cast<typename V::Scalar>(n));
  }
};

struct NormRule {
  using Fold = MaxLanes;
  static constexpr double start = 0;
  static constexpr bool often_as_it_is = true;  // squares of numbers of usual size
  template <class V>
  static MARK1_DEVICE V seen(V x) {
    return abs(x);
  }
  template <class V>
  static MARK1_DEVICE V first(V top, V) {
    return top;
  }
  // A power of two that brings `top` near 1 where its square would be out of range.
  template <class V>
  static MARK1_DEVICE V about(V top) {
    using T = typename V::Scalar;
    using Int = typename V::Int;
    constexpr bool single = sizeof(T) == 4;
    constexpr int digits = single ? 23 : 52, twice_bias = single ? 254 : 2046;
    const V limit(static_cast<T>(single ? 0x1p40 : 0x1p400));
    const auto usual = (top >= V(T(1)) / limit) & (top <= limit);
    const auto finite = (top > V(T(0))) & (top - top == V(T(0)));
    Int exponent = Int(twice_bias) - shr(bits(top), digits);
    exponent = select(exponent > Int(0), exponent, Int(1));
    return select((!usual) & finite, from_bits(exponent << digits), V(T(1)));
  }
  template <class V>
  static MARK1_DEVICE V term(V x, V scale) {
    const V y = x * scale;
    return y * y;
  }
  template <class V, class Piece, class Number>
  static MARK1_DEVICE V combine(int64_t pieces, int64_t, Piece piece, Number) {
    if (pieces == 0) return V(typename V::Scalar(0));
    const V scale = about(greatest_first<V>(pieces, piece));
    GroupedTotal<V> sum;
    for (int64_t p = 0; p < pieces; ++p) {
      const auto part = piece(p);
      const V ratio = scale / about(part.first);
      sum.add((part.second * ratio) * ratio);
    }
    return sqrt(sum.result()) / scale;
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
