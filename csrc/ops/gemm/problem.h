// One matrix product as the kernels see it, and the same product seen from the other side.
#pragma once

#include "ops/gemm/gemm.h"
#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
struct Problem {
  const T* a;  // (m, k)
  int64_t a_row;
  int64_t a_col;
  const T* b;  // (k, n)
  int64_t b_row;
  int64_t b_col;
  T* y;  // (m, n)
  int64_t y_row;
  const T* bias;  // (n) or null
  int64_t m;
  int64_t n;
  int64_t k;
  GemmActivation activation;
  double alpha;
};

template <class T>
inline Problem<T> problem_of(const GemmArgs& g, const GemmPlace& place = {}) {
  return {static_cast<const T*>(g.a) + place.a,
          g.a_row,
          g.a_col,
          static_cast<const T*>(g.b) + place.b,
          g.b_row,
          g.b_col,
          static_cast<T*>(g.y) + place.y,
          g.y_row,
          static_cast<const T*>(g.bias),
          g.m,
          g.n,
          g.k,
          g.activation,
          g.alpha};
}

// With fewer columns than half a vector most lanes would be idle; as y^T = b^T a^T they run over
// rows. The products are the same numbers, and so are their sums.
template <class T>
inline bool has_few_columns(const GemmArgs& g) {
  return 2 * g.n <= Vec<T>::width && g.m >= Vec<T>::width;
}

// Rows of y that are computed as columns of y^T at a time: up to 16 KB of it.
inline constexpr int64_t kExchangedRows = 512;
template <class T>
inline constexpr int64_t kExchangedElements = kExchangedRows * Vec<T>::width / 2;

// y^T = b^T a^T, without what is done to y afterwards.
template <class T>
inline Problem<T> exchanged(const Problem<T>& p) {
  Problem<T> t = {};
  t.a = p.b;
  t.a_row = p.b_col;
  t.a_col = p.b_row;
  t.b = p.a;
  t.b_row = p.a_col;
  t.b_col = p.a_row;
  t.m = p.n;
  t.n = p.m;
  t.k = p.k;
  return t;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
