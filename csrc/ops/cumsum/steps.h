// The three scans as chains that take one element after the other.
#pragma once

#include "ops/cumsum/cumsum.h"
#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CumsumKernels cumsum_kernels;

namespace {

// Integers are added and multiplied without a sign, so that they wrap around.
// take(i, x, factor) is the result of element i along the axis.
template <class T>
struct SumChain {
  static constexpr bool has_factors = false;
  T sum = 0;     // of the chunk so far
  T before = 0;  // what the chunk before came to
  MARK1_DEVICE T take(int64_t i, T x, T) {
    const int64_t place = i % kScanChunk;
    sum = place == 0 ? x : sum + x;
    const T result = i < kScanChunk ? sum : before + sum;
    if (place == kScanChunk - 1) before = result;
    return result;
  }
};

template <class T>
struct ProductChain {
  static constexpr bool has_factors = false;
  T product = 0;
  MARK1_DEVICE T take(int64_t i, T x, T) { return product = i == 0 ? x : product * x; }
};

template <class T>
struct RecurrenceChain {
  static constexpr bool has_factors = true;
  T last = 0;
  MARK1_DEVICE T take(int64_t i, T x, T factor) {
    return last = i == 0 ? x : first(fma(Vec<T>(factor), Vec<T>(last), Vec<T>(x)));
  }
};

// The table of Run<Chain, T>::kernel.
template <template <template <class> class, class> class Run>
constexpr CumsumKernels scans() {
  return {{{Run<SumChain, float>::kernel, Run<SumChain, double>::kernel,
            Run<SumChain, uint32_t>::kernel, Run<SumChain, uint64_t>::kernel},
           {Run<ProductChain, float>::kernel, Run<ProductChain, double>::kernel,
            Run<ProductChain, uint32_t>::kernel, Run<ProductChain, uint64_t>::kernel},
           {Run<RecurrenceChain, float>::kernel, Run<RecurrenceChain, double>::kernel}}};
}

}  // namespace

}  // namespace MARK1_ISA
}  // namespace mark1
