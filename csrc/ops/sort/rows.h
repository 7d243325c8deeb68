// The definition of argsort and sort: sorted runs of 1, 2, 4, ... places are merged, the left one
// first where elements are equal.
#pragma once

#include "ops/sort/keys.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// The places of a row in order.
template <class T>
MARK1_DEVICE const int32_t* sorted_places(const T* x, int64_t n, bool descending, char* scratch) {
  auto* from = reinterpret_cast<int32_t*>(scratch);
  int32_t* to = from + n;
  for (int64_t i = 0; i < n; ++i) from[i] = static_cast<int32_t>(i);
  for (int64_t run = 1; run < n; run *= 2) {
    for (int64_t begin = 0; begin < n; begin += 2 * run) {
      const int64_t middle = begin + run < n ? begin + run : n;
      const int64_t end = middle + run < n ? middle + run : n;
      int64_t left = begin, right = middle;
      for (int64_t i = begin; i < end; ++i) {
        const bool take_right =
            left == middle ||
            (right < end && key_of(x[from[right]], descending) < key_of(x[from[left]], descending));
        to[i] = take_right ? from[right++] : from[left++];
      }
    }
    int32_t* sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}

// Calls f(row, its elements, their places in order).
template <class T, class F>
MARK1_DEVICE void for_each_row(const SortArgs& args, const Team& team, F f) {
  char* scratch = args.scratch + team.rank * args.scratch_bytes;
  const Range rows = static_range(args.rows, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const T* x = static_cast<const T*>(args.x) + row * args.n;
    f(row, x, sorted_places(x, args.n, args.descending, scratch));
  }
}

template <class T>
MARK1_DEVICE void argsort(const SortArgs& args, const Team& team) {
  for_each_row<T>(args, team, [&](int64_t row, const T*, const int32_t* places) {
    int32_t* out = static_cast<int32_t*>(args.out) + row * args.k;
    for (int64_t i = 0; i < args.k; ++i) out[i] = places[i];
  });
}

template <class T>
MARK1_DEVICE void sort(const SortArgs& args, const Team& team) {
  for_each_row<T>(args, team, [&](int64_t row, const T* x, const int32_t* places) {
    T* out = static_cast<T*>(args.out) + row * args.n;
    for (int64_t i = 0; i < args.n; ++i) out[i] = x[places[i]];
  });
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
