// The z >= 0 that a standard normal number exceeds in magnitude with probability t, 0 < t <= 1.
//
// float: sqrt(2) erfinv(1 - t) by Giles, "Approximating the erfinv function" (GPU Computing Gems,
// Jade edition, 2011, table 5): a polynomial in w = -log(t (2 - t)), or in sqrt(w) beyond w = 5.
// double: algorithm AS 241 (PPND16) of Wichura, Applied Statistics 37 (1988): three rational
// functions, relative error about 1e-16 by themselves.
#pragma once

#include "math/log.h"
#include "math/polynomial.h"

namespace mark1::MARK1_ISA {
namespace {

// `rest` is 1 - t, for callers who have it without rounding.
template <class V>
MARK1_DEVICE inline V normal_quantile(V t, V rest) {
  if constexpr (is_single<V>) {
    // z is a multiple of the rest and keeps its relative accuracy down to 0.
    const V w = -log(t * (V(2) - t));
    const V c = w - V(2.5f);
    const V s = sqrt(w) - V(3);
    const V central =
        horner(c, 1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087,
               -4.39150654e-06, -3.5233877e-06, 3.43273939e-07, 2.81022636e-08);
    const V tail = horner(s, 2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773,
                          -0.00367342844, 0.00134934322, 0.000100950558, -0.000200214257);
    return select(w < V(5), central, tail) * rest * V(0x1.6a09e6p+0f);
  } else {
    const V q = V(0.5) * rest;
    const V r = fma(-q, q, V(0.180625));
    const V central = q *
                      horner(r, 3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427,
                             13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
                             33430.575583588128105, 2509.0809287301226727) /
                      horner(r, 1.0, 42.313330701600911252, 687.18700749205790830,
                             5394.1960214247511077, 21213.794301586595867, 39307.895800092710610,
                             28729.085735721942674, 5226.4952788528545610);
    if (all(q <= V(0.425))) return central;
    const V s = sqrt(-log(V(0.5) * t));
    const V u = s - V(1.6);
    const V middle =
        horner(u, 1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
               3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770,
               0.0227238449892691845833, 7.74545014278341407640e-4) /
        horner(u, 1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
               0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4,
               1.05075007164441684324e-9);
    const V f = s - V(5);
    const V far =
        horner(f, 6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
               0.296560571828504891230, 0.0265321895265761230930, 0.00124266094738807843860,
               2.71155556874348757815e-5, 2.01033439929228813265e-7) /
        horner(f, 1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
               7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
               2.04426310338993978564e-15);
    return select(q <= V(0.425), central, select(s <= V(5), middle, far));
  }
}

// 1 - t is exact from t = 1/2 on.
template <class V>
MARK1_DEVICE inline V normal_quantile(V t) {
  return normal_quantile(t, V(1) - t);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
