// erf x = x + x P(x^2) near zero. Further out, float: 1 - e^(-t R(t)), t = |x|, up to 4, where the
// result is 1; double: 1 - erfc t. (N. Juffa's arrangement for float; coefficients are our own.)
// Minimax (Remez) errors: float P of degree 5, |x| < 0.92, 2^-25.7 relative, R of degree 5, 2^-28.3
// absolute in erf; double P of degree 12, |x| < 1, 2^-56.3 relative.
// Largest error: 1.06 ulp (float, all inputs), 0.88 ulp (double, 3 million inputs).
#pragma once

#include "math/erfc.h"
#include "math/exp.h"

namespace mark1::MARK1_ISA {
namespace {

template <class V>
MARK1_DEVICE inline V erf(V x) {
  const V a = abs(x), z = x * x;
  if constexpr (is_single<V>) {
    const V p = horner(z, 0x1.06eba6p-3, -0x1.8126e2p-2, 0x1.ce1984p-4, -0x1.b67bdp-6,
                       0x1.46d86ep-8, -0x1.386de2p-11);
    const V t = min_or_first(a, V(4));
    const V r = horner(t, 0x1.20e614p+0, 0x1.457e8cp-1, 0x1.af14c8p-4, -0x1.76d734p-6,
                       0x1.a4e856p-9, -0x1.bfcca8p-13);
    const ExpParts<V> e = exp_parts(-t * r);
    const V power = pow2(e.n);
    const V far = fma(-e.m, power, V(1) - power);
    return select(a < V(0.92f), fma(p, x, x), copysign(far, x));
  } else {
    const V p = horner(z, 0x1.06eba8214db69p-3, -0x1.812746b037a25p-2, 0x1.ce2f21a0458dfp-4,
                       -0x1.b82ce31355152p-6, 0x1.565bcd2c7a53fp-8, -0x1.c02db93a8b8c9p-11,
                       0x1.f9a3ba9d151ffp-14, -0x1.f4dd1363e240cp-17, 0x1.ba6b45d598928p-20,
                       -0x1.63a78e7645a88p-23, 0x1.13b1cb750ef92p-26, -0x1.c8c54a693efc5p-30,
                       0x1.41d050017304ap-33);
    return select(a < V(1), fma(p, x, x), copysign(V(1) - erfc_positive(a), x));
  }
}

}  // namespace
}  // namespace mark1::MARK1_ISA
