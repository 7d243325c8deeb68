// Rows of a few elements, as many at once as a vector has lanes: lane r holds row r, so that a row
// of two costs a sixteenth of a vector and not a whole one. Bits are those of the row rule.
#pragma once

#include "core/kernel.h"
#include "simd/row_sum.h"

namespace mark1::MARK1_ISA {
namespace {

// From here on one row fills a vector as well (measured: 16 of float32 are even with AVX-512).
constexpr int64_t narrow_limit = 16;

// Element j of `count` rows of n in column[j]; the other lanes hold zeros.
template <class T>
struct NarrowRows {
  using V = Vec<T>;
  V column[narrow_limit];

  // rows of n elements, one after the other
#if defined(MARK1_WARPS)
  MARK1_DEVICE void load(const T* x, int64_t n, int count) {
    for (int64_t j = 0; j < n; ++j) column[j] = V(lane() < count ? x[lane() * n + j] : T(0));
  }
  MARK1_DEVICE void store(T* x, int64_t n, int count) const {
    for (int64_t j = 0; j < n; ++j) {
      if (lane() < count) x[lane() * n + j] = column[j].v;
    }
  }
#else
  MARK1_DEVICE void load(const T* x, int64_t n, int count) {
    alignas(64) T lanes[V::width] = {};
    for (int64_t j = 0; j < n; ++j) {
      for (int r = 0; r < count; ++r) lanes[r] = x[r * n + j];
      column[j] = V::load(lanes);
    }
  }

  MARK1_DEVICE void store(T* x, int64_t n, int count) const {
    alignas(64) T lanes[V::width];
    for (int64_t j = 0; j < n; ++j) {
      column[j].store(lanes);
      for (int r = 0; r < count; ++r) x[r * n + j] = lanes[r];
    }
  }
#endif

  // Lane j with lane j + 8, 4, 2, 1, as the 32 lanes of the row rule are folded; lanes without an
  // element hold what changes nothing. For sums that means terms that are not -0.
  template <class Op>
  MARK1_DEVICE V folded(int64_t n, Op op) const {
    V tree[narrow_limit];
    for (int64_t j = 0; j < n; ++j) tree[j] = column[j];
    for (int64_t half = narrow_limit / 2; half > 0; half /= 2) {
      for (int64_t j = 0; j < half && j + half < n; ++j) tree[j] = op(tree[j], tree[j + half]);
      if (n > half) n = half;
    }
    return tree[0];
  }
};

// Whether rows of n are worth it.
template <class T>
MARK1_DEVICE inline bool narrow(int64_t n) {
  return Vec<T>::width > 1 && n > 0 && n <= narrow_limit;
}

// Calls f(first row, number of rows).
template <class T, class F>
MARK1_DEVICE inline void for_each_bundle(Range range, F f) {
  constexpr int w = Vec<T>::width;
  for (int64_t r = range.begin; r < range.end; r += w) {
    f(r, range.end - r < w ? int(range.end - r) : w);
  }
}

}  // namespace
}  // namespace mark1::MARK1_ISA
