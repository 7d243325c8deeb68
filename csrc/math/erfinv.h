// The x whose erf is y, from the deviation that a normal number exceeds with probability 1 - |y|
// (math/normal_quantile.h).
//
// Largest error: 4.14 ulp (float, all inputs), 5.61 ulp (double, 3 million inputs): quotients of
// polynomials, times two factors.
#pragma once

#include "math/normal_quantile.h"

namespace mark1::MARK1_ISA {
namespace {

template <class V>
MARK1_DEVICE inline V erfinv(V y) {
  const V a = abs(y);
  const V inner = normal_quantile(V(1) - a, a) * V(0x1.6a09e667f3bcdp-1);
  return copysign(select(a == V(1), V(1) / (V(1) - a), inner), y);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
