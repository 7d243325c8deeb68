// The row rule of row_sum.h for several rows at a time.
#pragma once

#include "simd/row_sum.h"

namespace mark1::MARK1_ISA {
namespace {

// Folds terms begin .. end - 1 of several rows, each into total[row]; begin is a multiple of 32.
template <int kRows, class T, class Op, class F>
MARK1_DEVICE inline void combine_rows(int64_t begin, int64_t end, T start, Op op, F& term,
                                      T (&total)[kRows]) {
  using V = Vec<T>;
  constexpr int vectors = Lanes32<T>::vectors, w = V::width;
  V lane[kRows][vectors];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) lane[r][j] = V(start);
  }
  int64_t i = begin;
  for (; i + 32 <= end; i += 32) {
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) lane[r][j] = op(lane[r][j], term(r, i + j * w, w));
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < vectors; ++j) {
    const int64_t rest = end - i;
    if (rest <= 0) break;
    const int count = rest < w ? int(rest) : w;
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      lane[r][j] = select(first_lanes<V>(count), op(lane[r][j], term(r, i, count)), lane[r][j]);
    }
    i += count;
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int half = vectors / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
      for (int j = 0; j < half; ++j) lane[r][j] = op(lane[r][j], lane[r][j + half]);
    }
    total[r] = fold(lane[r][0], op);
  }
}

// Several rows at a time: their additions and folds do not wait for each other, which for rows of a
// hundred elements takes half of the time away. As many as there are registers for, `sums` each.
template <class T, int sums = 1>
constexpr int rows_at_once() {
  constexpr int registers = Vec<T>::width * sizeof(T) == 64 ? 16 : 8;
  constexpr int rows = registers / (Lanes32<T>::vectors * sums);
  return rows > 4 ? 4 : rows > 1 ? rows : 1;
}

// total[r] in lane r of a vector.
template <int kRows, class T>
MARK1_DEVICE inline Vec<T> in_lanes(const T (&total)[kRows]) {
  Vec<T> all(total[0]);
#pragma GCC unroll 4
  for (int r = 1; r < kRows; ++r) all = select(first_lanes<Vec<T>>(r), all, Vec<T>(total[r]));
  return all;
}

// A row's sum in each of the first lanes; term(row, index, count) as for row_sum.
template <int kRows, class T, class F>
MARK1_DEVICE inline Vec<T> row_sums(int64_t n, F term) {
  GroupedTotal<T> sum[kRows];
  for (int64_t begin = 0; begin < n; begin += row_segment) {
    const int64_t end = n - begin < row_segment ? n : begin + row_segment;
    T total[kRows];
    combine_rows<kRows>(begin, end, T(0), SumLanes{}, term, total);
    for (int r = 0; r < kRows; ++r) sum[r].add(total[r]);
  }
  T result[kRows];
  for (int r = 0; r < kRows; ++r) result[r] = sum[r].result();
  return in_lanes(result);
}

// The rows' greatest terms, as of row_max.
template <int kRows, class T, class F>
MARK1_DEVICE inline Vec<T> row_maxima(int64_t n, F term) {
  T result[kRows];
  combine_rows<kRows>(int64_t(0), n, T(-__builtin_inf()), MaxLanes{}, term, result);
  return in_lanes(result);
}

template <class T>
struct VecPair {
  Vec<T> first, second;
};

// Two sums for each row in one pass; term(row, index, count) returns a VecPair. First may take a
// maximum of at most a segment instead of the first sum.
template <int kRows, class T, class First = SumLanes, class F>
MARK1_DEVICE inline VecPair<T> row_sum_pairs(int64_t n, F term) {
  using V = Vec<T>;
  constexpr int vectors = Lanes32<T>::vectors, w = V::width;
  GroupedTotal<T> a_sum[kRows], b_sum[kRows];
  for (int64_t begin = 0; begin < n; begin += row_segment) {
    const int64_t end = n - begin < row_segment ? n : begin + row_segment;
    Lanes32<T> a[kRows], b[kRows];
    const auto add = [&](int r, int j, int64_t i, int count) {
      const VecPair<T> terms = term(r, i, count);
      const V first = First()(a[r].lane[j], terms.first);
      const V second = b[r].lane[j] + terms.second;
      const auto used = first_lanes<V>(count);
      const bool whole = MARK1_KNOWN(count) && count == w;
      a[r].lane[j] = whole ? first : select(used, first, a[r].lane[j]);
      b[r].lane[j] = whole ? second : select(used, second, b[r].lane[j]);
    };
    int64_t i = begin;
    for (; i + 32 <= end; i += 32) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) add(r, j, i + j * w, w);
      }
    }
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      const int64_t rest = end - i;
      if (rest <= 0) break;
      const int count = rest < w ? int(rest) : w;
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) add(r, j, i, count);
      i += count;
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      a_sum[r].add(a[r].folded(First{}));
      b_sum[r].add(b[r].folded(SumLanes{}));
    }
  }
  T first[kRows], second[kRows];
  for (int r = 0; r < kRows; ++r) {
    first[r] = a_sum[r].result();
    second[r] = b_sum[r].result();
  }
  return {in_lanes(first), in_lanes(second)};
}

// A lane's value in all lanes.
template <class T>
struct Spread {
#if defined(MARK1_WARPS)
  Vec<T> value;

  MARK1_DEVICE explicit Spread(Vec<T> lanes) : value(lanes) {}
  MARK1_DEVICE Vec<T> of(int r) const { return Vec<T>(of_lane(value.v, r)); }
#else
  T value[Vec<T>::width];

  MARK1_DEVICE explicit Spread(Vec<T> lanes) { lanes.store(value); }
  MARK1_DEVICE Vec<T> of(int r) const { return Vec<T>(value[r]); }
#endif
};

}  // namespace
}  // namespace mark1::MARK1_ISA
