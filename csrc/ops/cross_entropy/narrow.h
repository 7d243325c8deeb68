// Cross-entropy with a few classes, from logits and class numbers, a vector of rows at a time.
#pragma once

#include "ops/cross_entropy/rows.h"
#include "simd/narrow_rows.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Per row: the label as a number of the kernel's type, -1 if it is out of range.
template <class T>
MARK1_DEVICE Vec<T> labels_of(const CrossEntropyArgs& args, int64_t r, int count) {
#if defined(MARK1_WARPS)
  return Vec<T>(lane() < count ? static_cast<T>(valid_label(args, r + lane())) : T(0));
#else
  alignas(64) T lanes[Vec<T>::width] = {};
  for (int i = 0; i < count; ++i) lanes[i] = static_cast<T>(valid_label(args, r + i));
  return Vec<T>::load(lanes);
#endif
}

template <class T>
MARK1_DEVICE void narrow_losses(const CrossEntropyArgs& args, const Team& team) {
  using V = Vec<T>;
  const int64_t n = args.n;
  for_each_bundle<T>(static_range(args.rows, 16, team), [&](int64_t r, int count) {
    NarrowRows<T> rows;
    rows.load(static_cast<const T*>(args.x) + r * n, n, count);
    const V top = rows.folded(n, MaxLanes{});
    const V label = labels_of<T>(args, r, count);
    V wanted = V(T(__builtin_nan("")));
    for (int64_t j = 0; j < n; ++j) {
      const V shifted = rows.column[j] - top;
      wanted = select(label == V(T(j)), shifted, wanted);
      rows.column[j] = exp_nonpositive(shifted);
    }
    const V sum = rows.folded(n, SumLanes{});
    (log(sum) - wanted).store(static_cast<T*>(args.out) + r, count);
    NarrowRows<T> stats;
    stats.column[0] = top;
    stats.column[1] = sum;
    stats.column[2] = V(1);
    stats.store(static_cast<T*>(args.stats) + 3 * r, 3, count);
  });
}

template <class T>
MARK1_DEVICE void narrow_gradients(const CrossEntropyArgs& args, const Team& team) {
  using V = Vec<T>;
  const int64_t n = args.n;
  for_each_bundle<T>(static_range(args.rows, 16, team), [&](int64_t r, int count) {
    NarrowRows<T> rows, stats;
    rows.load(static_cast<const T*>(args.x) + r * n, n, count);
    stats.load(static_cast<const T*>(args.stats) + 3 * r, 3, count);
    const V label = labels_of<T>(args, r, count);
    const V dy = V::load(static_cast<const T*>(args.dy) + r, count);
    const V scale = select(label >= V(0), dy, V(T(__builtin_nan(""))));
    for (int64_t j = 0; j < n; ++j) {
      const V p = exp_nonpositive(rows.column[j] - stats.column[0]) / stats.column[1];
      rows.column[j] = select(label == V(T(j)), scale * (p - V(1)), scale * p);
    }
    rows.store(static_cast<T*>(args.out) + r * n, n, count);
  });
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
