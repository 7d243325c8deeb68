// x^y = e^(y ln x), ln x and the product in pairs of numbers whose sum carries about half as many
// digits again: an error of ln x grows by y ln x, which reaches 104 (float) and 745 (double).
// With x = 2^e (1 + f) and s = f / (2 + f), ln(1 + f) = 2 s + s^3 (2/3 + 2/5 s^2 + 2/7 s^4 + ...),
// the series of the inverse hyperbolic tangent; its first two terms are pairs, the rest is not (as
// in Sun's fdlibm, 1993). Sums and products with their rounding errors: T. J. Dekker, A
// floating-point technique for extending the available precision, 1971.
//
// Four exponents are what they look like, in every kernel: x^2 = x x, x^1 = x, x^-1 = 1 / x and
// x^(1/2) = sqrt x, so that -0 keeps its sign and -infinity gives NaN. All else at the edge is as
// in IEEE 754: x^0 = 1 and 1^y = 1 even for NaN, a negative x needs a whole y.
// Largest error: 1.25 ulp (float, 12 million pairs against NumPy's extended precision), 1.16 ulp
// (double, 60,000 pairs against mpmath); of both, half had results close to 1.
#pragma once

#include "math/exp.h"
#include "math/log.h"

namespace mark1::MARK1_ISA {
namespace {

// high + low, low below half an ulp of high.
template <class V>
struct Pair {
  V high, low;
};

// high + low where |high| >= |low| or high is zero.
template <class V>
MARK1_DEVICE inline Pair<V> ordered_sum(V high, V low) {
  const V sum = high + low;
  return {sum, (high - sum) + low};
}

template <class V>
MARK1_DEVICE inline Pair<V> product(Pair<V> a, Pair<V> b) {
  const V high = a.high * b.high;
  return {high, fma(a.high, b.low, fma(a.low, b.high, fma(a.high, b.high, -high)))};
}

// e ln 2 + ln(1 + f).
template <class V>
MARK1_DEVICE inline Pair<V> log_pair(V e, V f) {
  const Pair<V> d = ordered_sum(V(2), f);
  const V quotient = f / d.high;
  const Pair<V> s = {quotient, fma(-quotient, d.low, fma(-quotient, d.high, f)) / d.high};
  const Pair<V> z = product(s, s);
  V tail;
  Pair<V> third;  // 2/3
  if constexpr (is_single<V>) {
    tail = horner(z.high, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11);
    third = {V(0x1.555556p-1f), V(-0x1.555556p-26f)};
  } else {
    tail = horner(z.high, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15, 2.0 / 17,
                  2.0 / 19, 2.0 / 21, 2.0 / 23);
    third = {V(0x1.5555555555555p-1), V(0x1.5555555555555p-55)};
  }
  Pair<V> series = ordered_sum(third.high, z.high * tail);
  series.low = series.low + third.low;
  const Pair<V> rest = product(s, product(z, series));
  // The upper part of ln 2 is short enough for its product with e to be exact.
  const V upper = e * V(is_single<V> ? 0x1.62e4p-1 : 0x1.62e42fefa38p-1);
  const V lower = e * V(is_single<V> ? 0x1.7f7d1cp-20 : 0x1.ef35793c7673p-45);
  const Pair<V> a = ordered_sum(upper, V(2) * s.high);
  const Pair<V> b = ordered_sum(a.high, rest.high);
  return ordered_sum(b.high, b.low + a.low + (lower + fma(V(2), s.low, rest.low)));
}

// e^(y l), clamped where it is infinite or zero all the same.
template <class V>
MARK1_DEVICE inline V exp_of_product(Pair<V> l, V y) {
  const V high = y * l.high, low = fma(y, l.low, fma(y, l.high, -high));
  const V top(is_single<V> ? 89.0 : 710.0), bottom(is_single<V> ? -104.0 : -746.0);
  const auto inside = (high < top) & (high > bottom);
  const ExpParts<V> p = exp_parts(min_or_first(max_or_first(high, bottom), top));
  const V more = select(inside, fma(p.m, low, low), V(0));
  return scale2(V(1) + (p.m + more), p.n);
}

// Any x and y; out of line since it is rarely needed.
template <class V>
[[gnu::noinline, gnu::cold]] MARK1_DEVICE inline V power_of_any(V x, V y) {
  const V infinity(__builtin_inf()), one(1), a = abs(x);
  const auto denormal = a < V(smallest_normal<V>);
  const LogParts<V> p = log_parts(select(denormal, a * V(is_single<V> ? 0x1p24 : 0x1p53), a));
  const V e = select(denormal, p.e - V(is_single<V> ? 24 : 53), p.e);
  const auto edge = (a == V(0)) | (a == infinity) | (abs(y) == infinity);
  const auto grows = ((a > one) & (y > V(0))) | ((a < one) & (y < V(0)));
  V r = exp_of_product(log_pair(e, p.f), y);
  r = select(edge, select(a == one, one, select(grows, infinity, V(0))), r);
  const V half = V(0.5) * y;
  const auto whole = floor(y) == y;
  const auto odd = whole & (floor(half) != half);
  r = select(odd, copysign(r, x), r);
  r = select((x < V(0)) & (x != -infinity) & !whole, V(__builtin_nan("")), r);
  r = select(is_nan(x) | is_nan(y), x + y, r);
  return select((y == V(0)) | (x == one), one, r);
}

template <class V>
MARK1_DEVICE inline V general_power(V x, V y) {
  const V infinity(__builtin_inf());
  const auto usual = (x >= V(smallest_normal<V>)) & (x < infinity) & (abs(y) < infinity);
  if (__builtin_expect(!all(usual), 0)) return power_of_any(x, y);
  const LogParts<V> p = log_parts(x);
  return exp_of_product(log_pair(p.e, p.f), y);
}

template <class V>
MARK1_DEVICE inline V power(V x, V y) {
  const auto two = y == V(2), one = y == V(1), half = y == V(0.5), minus = y == V(-1);
  const auto simple = two | one | half | minus;
  // Exponents are rarely mixed: mostly one of these branches is all there is.
  if (!any(simple)) return general_power(x, y);
  if (all(two)) return x * x;
  const V root = select(half, sqrt(x), x);
  const V r = select(two, x * x, select(minus, V(1) / x, root));
  return all(simple) ? r : select(simple, r, general_power(x, y));
}

}  // namespace
}  // namespace mark1::MARK1_ISA
