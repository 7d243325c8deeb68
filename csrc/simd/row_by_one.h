// Who reads a row: one member, all by itself. A device has a block of warps for long rows, with the
// same interface (cuda/row_by_block.h); formulas are written for either.
#pragma once

#include "simd/for_each.h"
#include "simd/lanes.h"
#include "simd/row_block.h"

namespace mark1::MARK1_ISA {
namespace {

template <class T>
struct RowByOne {
  // Sums and maxima as in row_sum.h and row_block.h.
  template <class F>
  MARK1_DEVICE T sum(int64_t n, F term) const {
    return row_sum(n, term);
  }
  template <class F>
  MARK1_DEVICE T max(int64_t n, F term) const {
    return row_max(n, term);
  }
  template <int kRows, class F>
  MARK1_DEVICE Vec<T> sums(int64_t n, F term) const {
    return row_sums<kRows, T>(n, term);
  }
  template <int kRows, class F>
  MARK1_DEVICE Vec<T> maxima(int64_t n, F term) const {
    return row_maxima<kRows, T>(n, term);
  }
  template <int kRows, class F>
  MARK1_DEVICE VecPair<T> sum_pairs(int64_t n, F term) const {
    return row_sum_pairs<kRows, T>(n, term);
  }
  // Calls f(index, count) for all vectors of the row.
  template <class F>
  MARK1_DEVICE void each(int64_t n, F f) const {
    for_each_vector<T>({0, n}, f);
  }
  // Whether this member (all threads of a warp that is one) writes what a row has once.
  MARK1_DEVICE bool leads() const { return true; }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
