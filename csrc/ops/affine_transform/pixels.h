// Where a pixel outside of a picture is taken from: integers, for both variants of the kernels.
#pragma once

#include "ops/affine_transform/affine_transform.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

MARK1_DEVICE inline int64_t remainder_of(int64_t i, int64_t period) {
  const int64_t rest = i % period;
  return rest < 0 ? rest + period : rest;
}

// The row or column, or -1 for the fill.
MARK1_DEVICE inline int64_t inside_of(Outside outside, int64_t i, int64_t n) {
  if (i >= 0 && i < n) return i;
  switch (outside) {
    case Outside::kConstant:
      return -1;
    case Outside::kNearest:
      return i < 0 ? 0 : n - 1;
    case Outside::kWrap:
      return remainder_of(i, n);
    case Outside::kMirror: {
      if (n == 1) return 0;
      const int64_t rest = remainder_of(i, 2 * (n - 1));
      return rest < n ? rest : 2 * (n - 1) - rest;
    }
    case Outside::kReflect: {
      const int64_t rest = remainder_of(i, 2 * n);
      return rest < n ? rest : 2 * n - 1 - rest;
    }
  }
  return -1;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
