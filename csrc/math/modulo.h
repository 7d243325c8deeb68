// x = q y + r with q whole and r between 0 and y, on y's side of zero: Python's // and %.
// r is exact or, where x and y differ in sign, rounded once. Where |x / y| is too large for the
// quotient to be off by at most one, the rest is found by long division in base 2.
// A quotient is exact up to 2^24 (float) or 2^53 (double). Beyond, where not all whole numbers have
// a place, it is within one ulp: the first of its lower bits may round it up, the others are lost.
#pragma once

#include "math/polynomial.h"

namespace mark1::MARK1_ISA {
namespace {

template <class V>
struct Division {
  V quotient, rest;
};

// x by d, both positive or zero and finite: each difference is exact (Sterbenz' lemma).
template <class T>
MARK1_DEVICE inline Division<T> long_division(T x, T d) {
  T step = d, weight = 1, quotient = 0;
  for (; x - step >= step; step += step) weight += weight;
  for (; step >= d; step *= T(0.5), weight *= T(0.5)) {
    if (x < step) continue;
    x -= step;
    quotient += weight;
  }
  return {quotient, x};
}

template <class T>
MARK1_DEVICE inline Division<T> floor_division_of_any(T x, T y) {
  const T nan = T(__builtin_nan("")), infinity = T(__builtin_inf());
  const T size = x < 0 ? -x : x, divisor = y < 0 ? -y : y;
  if (y == 0) return {x / y, nan};
  if (!(size < infinity) || y != y) return {nan, nan};
  Division<T> r = divisor == infinity ? Division<T>{0, size} : long_division(size, divisor);
  if ((x < 0) != (y < 0)) {
    if (r.rest != 0) r = {r.quotient + 1, divisor - r.rest};
    r.quotient = -r.quotient;
  }
  return {r.quotient, y < 0 ? -r.rest : r.rest};
}

template <class V>
[[gnu::noinline, gnu::cold]] MARK1_DEVICE inline Division<V> floor_division_of_any_lanes(V x, V y) {
  using T = typename V::Scalar;
  T a[V::width], b[V::width];
  x.store(a);
  y.store(b);
  for (int i = 0; i < V::width; ++i) {
    const Division<T> division = floor_division_of_any(a[i], b[i]);
    a[i] = division.quotient;
    b[i] = division.rest;
  }
  return {V::load(a), V::load(b)};
}

template <class V>
MARK1_DEVICE inline Division<V> floor_division(V x, V y) {
  const V zero(0), q = floor(x / y), r = fma(-q, y, x);
  const auto usual = (abs(q) < V(is_single<V> ? 0x1p22 : 0x1p51)) & (abs(y) < V(__builtin_inf()));
  // The rounded quotient may have reached the next whole number; it cannot have left one, since
  // whole numbers are not rounded.
  const auto beyond = ((r < zero) & (y > zero)) | ((r > zero) & (y < zero));
  const V quotient = select(beyond, q - V(1), q), rest = select(beyond, r + y, r);
  const Division<V> division = {quotient, select(rest == zero, copysign(zero, y), rest)};
  if (__builtin_expect(all(usual), 1)) return division;
  const Division<V> other = floor_division_of_any_lanes(x, y);
  return {select(usual, division.quotient, other.quotient),
          select(usual, division.rest, other.rest)};
}

}  // namespace
}  // namespace mark1::MARK1_ISA
