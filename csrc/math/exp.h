// e^x = 2^n e^r with n the integer nearest x / ln 2 and r = x - n ln 2 in two steps, the first
// exact (Cody & Waite, Software Manual for the Elementary Functions, 1980). e^r - 1 = r + r^2 q(r),
// q minimax (Remez) for the relative error of e^r - 1 over |r| <= 0.3468: 2^-26.1 for degree 4
// (float), 2^-55.5 for degree 9 (double). 2^n is applied last and rounds once, so denormal results
// are right too.
// Largest error: 1.04 ulp (float, all inputs), 0.98 ulp (double, 3 million inputs).
#pragma once

#include "math/polynomial.h"

namespace mark1::MARK1_ISA {
namespace {

// e^x = 2^n (1 + m); for |x| < ln2/2, n = 0 and m = e^x - 1 to full relative accuracy.
template <class V>
struct ExpParts {
  V n, m;
};

// Needs |x| below about 1,000 (float) or 10^5 (double); NaN stays NaN in m.
template <class V>
MARK1_DEVICE inline ExpParts<V> exp_parts(V x) {
  if constexpr (is_single<V>) {
    // Adding 1.5 * 2^23 rounds to an integer: one fma and one subtraction.
    const V shift(0x1.8p23f);
    const V n = fma(x, V(0x1.715476p0f), shift) - shift;
    const V r = fma(n, V(-0x1.7f7d1cp-20f), fma(n, V(-0x1.62e4p-1f), x));
    const V q =
        horner(r, 0x1.fffffep-2, 0x1.5554aap-3, 0x1.55579cp-5, 0x1.122c5ap-7, 0x1.6abb96p-10);
    return {n, fma(r * r, q, r)};
  } else {
    const V shift(0x1.8p52);
    const V n = fma(x, V(0x1.71547652b82fep0), shift) - shift;
    const V r = fma(n, V(-0x1.ef35793c7673p-45), fma(n, V(-0x1.62e42fefa38p-1), x));
    const V q = horner(r, 0x1.0000000000005p-1, 0x1.5555555555539p-3, 0x1.5555555551fe1p-5,
                       0x1.1111111118e86p-7, 0x1.6c16c17fa30e6p-10, 0x1.a01a0176cc508p-13,
                       0x1.a019a4f6c316bp-16, 0x1.71de80bf4905dp-19, 0x1.28a470e5f2e07p-22,
                       0x1.ae7d1d4465461p-26);
    return {n, fma(r * r, q, r)};
  }
}

// exp for x <= 0 (or NaN): saves the upper limit.
template <class V>
MARK1_DEVICE inline V exp_nonpositive(V x) {
  const ExpParts<V> p = exp_parts(max_or_first(x, V(is_single<V> ? -104.0 : -746.0)));
  return scale2(V(1) + p.m, p.n);
}

template <class V>
MARK1_DEVICE inline V exp(V x) {
  // Beyond these limits the result is infinite or zero all the same.
  return exp_nonpositive(min_or_first(x, V(is_single<V> ? 89.0 : 710.0)));
}

}  // namespace
}  // namespace mark1::MARK1_ISA
