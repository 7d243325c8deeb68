// atan x and the angle of a point, from the quotient q = n / d of the smaller and the greater
// magnitude: t = q up to tan(pi/8), else (n - d) / (n + d) and the angle is pi/4 + atan t (as in
// S. L. Moshier's Cephes library, atan.c). atan t = t + t^3 P(t^2) for |t| <= tan(pi/8); multiples
// of pi/4 are added in two parts. P by Chebyshev interpolation, relative error of the result:
// float, degree 5, 2^-33; double, degree 11, 2^-62.
//
// Largest error: 1.88 ulp (float, all inputs), 1.85 ulp (double, 3 million inputs).
#pragma once

#include "math/polynomial.h"

namespace mark1::MARK1_ISA {
namespace {

// (atan t) / t - 1 = t^2 P(t^2).
template <class V>
MARK1_DEVICE inline V atan_correction(V t) {
  const V z = t * t;
  V p;
  if constexpr (is_single<V>) {
    p = horner(z, -0x1.555556p-2, 0x1.99997cp-3, -0x1.248a18p-3, 0x1.c57baep-4, -0x1.614448p-4,
               0x1.9d8b24p-5);
  } else {
    p = horner(z, -0x1.5555555555555p-2, 0x1.9999999999953p-3, -0x1.249249248d7eep-3,
               0x1.c71c71c304b68p-4, -0x1.745d165df3f95p-4, 0x1.3b1392d9e785cp-4,
               -0x1.110e880a7a521p-4, 0x1.e19a13b9fc6dfp-5, -0x1.ac7a938b69c93p-5,
               0x1.74ddd408bb4c1p-5, -0x1.1b33b923aa954p-5, 0x1.0ad36a455cafbp-6);
  }
  return z * p;
}

// pi/4 times 0, 1, 2, 3 or 4, in two parts.
template <class V>
struct Eighths {
  V high, low;
};
template <class V>
MARK1_DEVICE inline Eighths<V> eighths_of_turn(V k) {
  constexpr bool single = is_single<V>;
  const V high(single ? 0x1.921fb6p-1 : 0x1.921fb54442d18p-1);
  const V low(single ? -0x1.777a5cp-26 : 0x1.1a62633145c07p-55);
  // Three times the first part is no number of the dtype.
  const V high3(single ? 0x1.2d97c8p+1 : 0x1.2d97c7f3321d2p+1);
  const V low3(single ? -0x1.99bc5cp-28 : 0x1.a79394c9e8a0ap-54);
  const auto three = k == V(3);
  return {select(three, high3, k * high), select(three, low3, k * low)};
}

// atan(n / d), 0 <= n <= d, taken from or added to multiples of pi/4: `first` + sign angle, where
// `first` and the result count eighths of a turn and sign is 1 or -1.
template <class V>
MARK1_DEVICE inline V turned_angle(V n, V d, V first, V sign) {
  // Sums neither overflow nor lose digits of denormals.
  const V tiny(is_single<V> ? 0x1p-100 : 0x1p-1000);
  const V scale = select(d < tiny, V(0x1p64), select(d > V(1), V(0.5), V(1)));
  const V a = n * scale, b = d * scale;
  const auto equal = n == d;  // infinities, too
  const auto wide = (a > b * V(0x1.a8279ap-2)) | (equal & (d > V(0)));
  const V t = sign * (select(wide, select(equal, V(0), a - b), n) /
                      select(wide, a + b, select(d == V(0), V(1), d)));
  const Eighths<V> base = eighths_of_turn(select(wide, first + sign, first));
  return base.high + (t + fma(t, atan_correction(t), base.low));
}

template <class V>
MARK1_DEVICE inline V atan(V x) {
  const V a = abs(x);
  const auto far = a > V(1);
  const V y = turned_angle(select(far, V(1), a), select(far, a, V(1)), select(far, V(2), V(0)),
                           select(far, V(-1), V(1)));
  return copysign(y, x);
}

// The angle of the point (x, y) from the positive x axis, -pi to pi, as IEEE 754 has it for zeros
// and infinities. At most 3 ulp.
template <class V>
MARK1_DEVICE inline V atan2(V y, V x) {
  const V a = abs(y), b = abs(x);
  const auto steep = a > b, behind = copysign(V(1), x) < V(0);
  const V first = select(steep, V(2), select(behind, V(4), V(0)));
  // Eighths are added in front below the diagonal and behind above it.
  const V flat = select(behind, V(-1), V(1));
  const V angle =
      turned_angle(select(steep, b, a), select(steep, a, b), first, select(steep, -flat, flat));
  return copysign(angle, y);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
