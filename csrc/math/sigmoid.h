// 1 / (1 + e^-x) = one / (one + e), e = 2^n (1 + m) of exp.h, left unrounded before the sum. `one`
// is 1, and a small power of two where e would overflow, so results stay right down to denormal
// ones.
#pragma once

#include "math/exp.h"

namespace mark1::MARK1_ISA {
namespace {

template <class V>
inline V sigmoid(V x) {
  const V limit(is_single<V> ? 104.0 : 746.0);
  const ExpParts<V> p = exp_parts(min_or_first(max_or_first(-x, -limit), limit));
  const V one =
      select(x < V(is_single<V> ? -80.0 : -600.0), V(is_single<V> ? 0x1p-64 : 0x1p-512), V(1));
  const V power = scale2(one, p.n);
  return one / fma(p.m, power, one + power);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
