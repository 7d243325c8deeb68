// A step of each scan, over vectors of any width: from the result before and an element to the
// next.
#pragma once

#include "ops/cumsum/cumsum.h"
#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CumsumKernels cumsum_kernels;

namespace {

struct SumStep {
  static constexpr bool has_factors = false;
  template <class V>
  static MARK1_DEVICE V next(V before, V x, V) {
    return before + x;
  }
};
struct ProductStep {
  static constexpr bool has_factors = false;
  template <class V>
  static MARK1_DEVICE V next(V before, V x, V) {
    return before * x;
  }
};
struct RecurrenceStep {
  static constexpr bool has_factors = true;
  template <class V>
  static MARK1_DEVICE V next(V before, V x, V factor) {
    return fma(factor, before, x);
  }
};

}  // namespace

#define MARK1_SCANS(scan)                                            \
  {                                                                  \
    {                                                                \
      {make_kernel<CumsumArgs, &scan<SumStep, float>>(),             \
       make_kernel<CumsumArgs, &scan<SumStep, double>>()},           \
          {make_kernel<CumsumArgs, &scan<ProductStep, float>>(),     \
           make_kernel<CumsumArgs, &scan<ProductStep, double>>()},   \
      {                                                              \
        make_kernel<CumsumArgs, &scan<RecurrenceStep, float>>(),     \
            make_kernel<CumsumArgs, &scan<RecurrenceStep, double>>() \
      }                                                              \
    }                                                                \
  }

}  // namespace MARK1_ISA
}  // namespace mark1
