// Softmax of rows of a few elements, a vector of rows at a time.
#pragma once

#include "ops/softmax/rows.h"
#include "simd/narrow_rows.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// exp(x - top) in place of x; returns the sum. Every term is at least +0 or NaN.
template <class T>
MARK1_DEVICE Vec<T> exp_and_sum(NarrowRows<T>& rows, int64_t n, Vec<T> top) {
  for (int64_t j = 0; j < n; ++j) rows.column[j] = exp_nonpositive(rows.column[j] - top);
  return rows.folded(n, SumLanes{});
}

template <class T>
MARK1_DEVICE void narrow_softmax(const SoftmaxArgs& args, const Team& team) {
  const int64_t n = args.n;
  for_each_bundle<T>(static_range(args.rows, 16, team), [&](int64_t r, int count) {
    NarrowRows<T> rows;
    rows.load(static_cast<const T*>(args.x) + r * n, n, count);
    const Vec<T> sum = exp_and_sum(rows, n, rows.folded(n, MaxLanes{}));
    for (int64_t j = 0; j < n; ++j) rows.column[j] = rows.column[j] / sum;
    rows.store(static_cast<T*>(args.out) + r * n, n, count);
  });
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
