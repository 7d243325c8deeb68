// asin x and acos x. Up to 1/2, asin a = a + a^3 P(a^2). Beyond, with z = (1 - a) / 2 exactly and
// s = sqrt z, asin a = pi/2 - 2 asin s; what the root loses, (z - s^2) / 2s, is carried along. P by
// Chebyshev interpolation on 0 .. 1/4, relative error of the result: float, degree 5, 2^-30;
// double, degree 12, 2^-58.
//
// Largest error: 1.53 ulp (float, all inputs), 1.50 ulp (double, 3 million inputs);
// acos 1.04, 1.01.
#pragma once

#include "math/polynomial.h"

namespace mark1::MARK1_ISA {
namespace {

// asin a is a + rest: of a itself, or of the root of z where a > 1/2.
template <class V>
struct AsinParts {
  V a, rest;
};

template <class V>
MARK1_DEVICE inline AsinParts<V> asin_parts(V magnitude) {
  const auto far = magnitude > V(0.5);
  const V z = select(far, fma(V(-0.5), magnitude, V(0.5)), magnitude * magnitude);
  const V root = sqrt(z), a = select(far, root, magnitude);
  const V lost = fma(-root, root, z) / (root + root);
  V p;
  if constexpr (is_single<V>) {
    p = horner(z, 0x1.555554p-3, 0x1.33343p-4, 0x1.6d5bbap-5, 0x1.fd8da2p-6, 0x1.18f91ep-6,
               0x1.13fed4p-5);
  } else {
    p = horner(z, 0x1.5555555555556p-3, 0x1.3333333332ecap-4, 0x1.6db6db6e31f13p-5,
               0x1.f1c71c1db0623p-6, 0x1.6e8bb1c8209a2p-6, 0x1.1c4d35cf95421p-6,
               0x1.c9cf07674736ap-7, 0x1.782651caa6547p-7, 0x1.52420b04b37bep-7,
               0x1.65a9c4dfcf8b2p-8, 0x1.1d189408314eep-6, -0x1.e6aaa8a0a04ccp-7,
               0x1.d72b2bc8155f8p-6);
  }
  return {a, fma(a * z, p, select(far & (root > V(0)), lost, V(0)))};
}

template <class V>
struct HalfTurn {
  static constexpr bool single = is_single<V>;
  static constexpr double high = single ? 0x1.921fb6p+0 : 0x1.921fb54442d18p+0;
  static constexpr double low = single ? -0x1.777a5cp-25 : 0x1.1a62633145c07p-54;
};

template <class V>
MARK1_DEVICE inline V asin(V x) {
  const V magnitude = abs(x);
  const AsinParts<V> p = asin_parts(magnitude);
  const V far = (V(HalfTurn<V>::high) - (p.a + p.a)) - (p.rest + p.rest - V(HalfTurn<V>::low));
  return copysign(select(magnitude > V(0.5), far, p.a + p.rest), x);
}

template <class V>
MARK1_DEVICE inline V acos(V x) {
  const V magnitude = abs(x);
  const AsinParts<V> p = asin_parts(magnitude);
  const V high(HalfTurn<V>::high), low(HalfTurn<V>::low);
  const V near = (high - x) - (copysign(p.rest, x) - low);
  const V right = (p.a + p.rest) + (p.a + p.rest);
  const V left = (high - p.a) - (p.rest - low);
  const V far = select(x < V(0), left + left, right);
  return select(magnitude > V(0.5), far, near);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
