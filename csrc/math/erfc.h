// erfc a = e^(-a^2) G(q) / (a + 4) for a >= 0, with q = (a - 4) / (a + 4) in [-1, 1): the mapping
// of Shepherd & Laframboise, Mathematics of Computation 36 (1981), 249-253. G is minimax (Remez)
// for the relative error up to the a where erfc vanishes: float, degree 10, 2^-28.1; double, degree
// 22, 2^-56.3. What q, r, the last step of G, their product and the square lose is carried along,
// since these roundings would add up to 2.8 ulp. erfc(-a) = 2 - erfc a.
// Largest error: 1.93 ulp (float, all inputs), 1.83 ulp (double, 3 million inputs).
#pragma once

#include "math/exp.h"

namespace mark1::MARK1_ISA {
namespace {

// factor erfc a where a^2 = square + rest to more than V's precision; 0 <= a <= 10.06
// (double: 27.3) or little more, or NaN; |factor| <= 1000. Denormal results are rounded once.
template <class V>
MARK1_DEVICE inline V times_erfc_of_square(V factor, V a, V square, V rest) {
  const V k(4);
  // a + 4 = sum + lost; 1 / (a + 4) = r + r * r_rest; q = 1 - 8 r is exact.
  const V sum = a + k, back = sum - k;
  const V lost = (a - back) + (k - (sum - back));
  const V r = V(1) / sum;
  const V r_rest = fma(-lost, r, fma(-r, sum, V(1)));
  const V q = fma(r, V(-8), V(1)), q_rest = r * r_rest * V(-8);
  // G = g + g_rest = c0 + c0_rest + q h.
  V c0, c0_rest, h;
  if constexpr (is_single<V>) {
    c0 = V(0x1.18932cp+0f);
    c0_rest = V(-0x1.fc32c8p-29f);
    h = horner(q, -0x1.f3fe32p-1, 0x1.8be206p-1, -0x1.14eacp-1, 0x1.52ca2p-2, -0x1.6464dap-3,
               0x1.38e77cp-4, -0x1.aebc1cp-6, 0x1.94374p-8, -0x1.db5304p-12, -0x1.98fed8p-11);
  } else {
    c0 = V(0x1.18932bf08e154p+0);
    c0_rest = V(0x1.0e7645afb7d69p-54);
    h = horner(q, -0x1.f3fe31ecb49cp-1, 0x1.8be202d26c7p-1, -0x1.14eacb1ad02f7p-1,
               0x1.52cac237104a9p-2, -0x1.645fd8a4be166p-3, 0x1.38dbd2c8cd464p-4,
               -0x1.b00c052b4413ap-6, 0x1.908f4733ab6f3p-8, -0x1.269b542051aaep-12,
               -0x1.dd284b5b55986p-12, 0x1.72cdbb9f37731p-13, -0x1.e7ddee253381cp-19,
               -0x1.3c70b252c872ap-16, 0x1.3afe485a7faf1p-18, 0x1.7e83c4e3891bap-20,
               -0x1.c5d79027b1a6ep-21, -0x1.4803134bc8725p-24, 0x1.099c5bd4c313fp-23,
               0x1.677bba233f814p-30, -0x1.0c021c99d3f3p-26, 0x1.3478677ebeefap-34,
               0x1.48a155817b9f2p-30);
  }
  const V g = fma(q, h, c0), g_rest = fma(q, h, c0 - g) + c0_rest;
  // G'/G is close to 0.88 q - 0.87.
  const V g_all = fma(g * q_rest, fma(q, V(0.88f), V(-0.87f)), g_rest);
  const V y = g * r;
  const V y_rest = fma(r, fma(g, r_rest, g_all), fma(g, r, -y));
  // e^-(square + rest) = 2^n (1 + m) (1 - rest).
  const ExpParts<V> e = exp_parts(-square);
  const V m = fma(-rest, V(1) + e.m, e.m);
  return scale2(factor * (y + fma(y, m, fma(y_rest, m, y_rest))), e.n);
}

// a >= 0 or NaN.
template <class V>
MARK1_DEVICE inline V erfc_positive(V x) {
  const V a = min_or_first(x, V(is_single<V> ? 10.06 : 27.3));
  const V square = a * a;
  return times_erfc_of_square(V(1), a, square, fma(a, a, -square));
}

template <class V>
MARK1_DEVICE inline V erfc(V x) {
  const V y = erfc_positive(abs(x));
  return select(x < V(0), V(2) - y, y);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
