// Means and squared deviations of pieces, put together.
#pragma once

#include "core/kernel.h"
#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

// Mean and sum of squared deviations of `count` values; Chan's formula (T. F. Chan, G. H. Golub, R.
// J. LeVeque: Updating formulae and a pairwise algorithm for computing sample variances, 1979).
template <class V>
struct Moments {
  using T = typename V::Scalar;
  int64_t count = 0;
  V mean = V(T(0)), squares = V(T(0));

  MARK1_DEVICE void merge(const Moments& right) {
    if (count == 0) {
      *this = right;
      return;
    }
    const T left = static_cast<T>(count);
    count += right.count;
    const T part = static_cast<T>(right.count) / static_cast<T>(count);
    const V d = right.mean - mean;
    mean = fma(d, V(part), mean);
    squares = fma(d * d, V(left * part), squares + right.squares);
  }
};

// Merges pieces ascending in groups of 64, and these groups ascending.
template <class V>
struct GroupedMoments {
  Moments<V> group, total;
  int pieces = 0;

  MARK1_DEVICE void add(const Moments<V>& piece) {
    if (pieces == 64) {
      total.merge(group);
      group = {};
      pieces = 0;
    }
    group.merge(piece);
    ++pieces;
  }
  MARK1_DEVICE Moments<V> result() {
    if (pieces > 0) total.merge(group);
    return total;
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
