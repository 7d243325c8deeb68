// base^n for an integer n by repeated squaring, lowest bit first: no logarithm, so no libm. The
// relative error is at most about |n| * 2^-53 (each squaring doubles the error so far); exact for
// n = 0 and 1. Used for beta^t of the optimizers' bias correction.
#pragma once

#include <cstdint>

#include "core/on_device.h"

namespace mark1::MARK1_ISA {
namespace {

MARK1_DEVICE inline double ipow(double base, int64_t n) {
  uint64_t left = n < 0 ? uint64_t(0) - uint64_t(n) : uint64_t(n);
  double power = base, result = 1;
  for (; left > 0; left >>= 1) {
    if (left & 1) result *= power;
    power *= power;
  }
  return n < 0 ? 1 / result : result;
}

}  // namespace
}  // namespace mark1::MARK1_ISA
