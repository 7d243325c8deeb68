// The one step of a sum of products: a b + c, rounded once.
#pragma once

#include "core/on_device.h"

namespace mark1::MARK1_ISA {
namespace {

MARK1_DEVICE inline float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
MARK1_DEVICE inline double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
