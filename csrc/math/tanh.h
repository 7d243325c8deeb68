// tanh x = x + x^3 P(x^2) for |x| < 0.55, else 1 - 2 / (e^(2|x|) + 1), where the quotient is below
// 1/2 and its error halves. From |x| = 10 (float) or 20 (double) on the result is 1.
// P minimax (Remez), relative error of the result: float, degree 3, 2^-24.7; double, degree 10,
// 2^-60.5.
// Largest error: 1.35 ulp (float, all inputs), 1.26 ulp (double, 3 million inputs).
#pragma once

#include "math/exp.h"

namespace mark1::MARK1_ISA {
namespace {

// (tanh x) / x - 1 = x^2 P(x^2) for |x| < 0.55.
template <class V>
MARK1_DEVICE inline V tanh_correction(V x) {
  const V z = x * x;
  V p;
  if constexpr (is_single<V>) {
    p = horner(z, -0x1.55545ap-2, 0x1.10d038p-3, -0x1.af99p-5, 0x1.0db07cp-6);
  } else {
    p = horner(z, -0x1.555555555554fp-2, 0x1.1111111110789p-3, -0x1.ba1ba1b97befcp-5,
               0x1.664f48590140bp-6, -0x1.226e2f03d5778p-7, 0x1.d6d2989b479a9p-9,
               -0x1.7d8fa8eb4c8cep-10, 0x1.34822ca4e1058p-11, -0x1.e95f222e1b6bcp-13,
               0x1.5d411572adc01p-14, -0x1.4689f33e7890bp-16);
  }
  return z * p;
}

template <class V>
MARK1_DEVICE inline V tanh(V x) {
  const V a = abs(x), capped = min_or_first(a, V(is_single<V> ? 10.0 : 20.0));
  const ExpParts<V> e = exp_parts(capped + capped);
  const V power = pow2(e.n);
  const V far = V(1) - V(2) / fma(e.m, power, power + V(1));
  const V near = fma(tanh_correction(a), a, a);
  return copysign(select(a < V(0.55), near, far), x);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
