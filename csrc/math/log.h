// ln x = e ln 2 + ln(1 + f) with x = 2^e (1 + f) and 1 + f in [sqrt(1/2), sqrt 2).
// float: ln(1 + f) = f + f^2 (-1/2 + f P(f)), P of degree 7, minimax (Remez) relative error
// 2^-27.3. double: with s = f / (2 + f), ln(1 + f) = f - (f^2/2 - s (f^2/2 + s^2 R(s^2))), the
// arrangement of Sun's fdlibm (1993); R of degree 6, minimax relative error 2^-59.4. Zero gives
// -infinity, a negative number NaN.
// Largest error: 0.93 ulp (float, all inputs), 0.77 ulp (double, 3 million inputs).
#pragma once

#include "math/polynomial.h"

namespace mark1::MARK1_ISA {
namespace {

// x = 2^e (1 + f).
template <class V>
struct LogParts {
  V e, f;
};

template <class V>
constexpr double smallest_normal = is_single<V> ? 0x1p-126 : 0x1p-1022;

// x positive, finite and normal.
template <class V>
MARK1_DEVICE inline LogParts<V> log_parts(V x) {
  using Int = typename V::Int;
  constexpr int mantissa = is_single<V> ? 23 : 52;
  const Int root_half(is_single<V> ? 0x3f3504f3 : 0x3fe6a09e667f3bcd);
  const Int e = sar(bits(x) - root_half, mantissa);
  return {to_float(e), from_bits(bits(x) - (e << mantissa)) - V(1)};
}

// e ln 2 + ln(1 + f); the part of e ln 2 that a V holds is added last, so there are two roundings.
template <class V>
MARK1_DEVICE inline V log_from_parts(V e, V f) {
  if constexpr (is_single<V>) {
    const V p = horner(f, -0.5, 0x1.555554p-2, -0x1.000228p-2, 0x1.99a036p-3, -0x1.54721ep-3,
                       0x1.22d5cp-3, -0x1.0d8238p-3, 0x1.057ab2p-3, -0x1.3917b4p-4);
    const V low = fma(e, V(-0x1.05c61p-29f), f * f * p);
    return fma(e, V(0x1.62e43p-1f), f + low);
  } else {
    const V s = f / (V(2) + f);
    const V z = s * s;
    const V r = z * horner(z, 0x1.5555555555592p-1, 0x1.999999997ff01p-2, 0x1.24924941e38aap-2,
                           0x1.c71c5211faca4p-3, 0x1.74663d80a2426p-3, 0x1.39a1d7bc86d5p-3,
                           0x1.2f0479e8fdc26p-3);
    const V half_square = V(0.5) * f * f;
    const V low = fma(s, half_square + r, e * V(0x1.abc9e3b39803fp-56)) - half_square;
    return fma(e, V(0x1.62e42fefa39efp-1), f + low);
  }
}

// Any x; out of line since it is rarely needed.
template <class V>
[[gnu::noinline, gnu::cold]] MARK1_DEVICE inline V log_of_any(V x) {
  const auto denormal = x < V(smallest_normal<V>);
  const LogParts<V> p = log_parts(select(denormal, x * V(is_single<V> ? 0x1p24 : 0x1p53), x));
  const V e = select(denormal, p.e - V(is_single<V> ? 24 : 53), p.e);
  const V y = log_from_parts(e, p.f);
  const V below = select(x == V(0), V(-__builtin_inf()), V(__builtin_nan("")));
  return select(x > V(0), select(x < V(__builtin_inf()), y, x), select(is_nan(x), x, below));
}

template <class V>
MARK1_DEVICE inline V log(V x) {
  const auto usual = (x >= V(smallest_normal<V>)) & (x < V(__builtin_inf()));
  if (__builtin_expect(!all(usual), 0)) return log_of_any(x);
  const LogParts<V> p = log_parts(x);
  return log_from_parts(p.e, p.f);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
