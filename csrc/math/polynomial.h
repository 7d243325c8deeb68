// Horner's scheme in fused multiply-adds, and what the formulas of this folder share.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

// Most formulas differ between float and double in constants and degree only.
template <class V>
constexpr bool is_single = sizeof(typename V::Scalar) == 4;

template <class V>
MARK1_DEVICE inline V horner(V, double c) {
  return V(typename V::Scalar(c));
}

// c0 + x (c1 + x (c2 + ...)), one fma per degree.
template <class V, class... More>
MARK1_DEVICE inline V horner(V x, double c0, More... more) {
  return fma(horner(x, more...), x, V(typename V::Scalar(c0)));
}

}  // namespace
}  // namespace mark1::MARK1_ISA
