// The canonical sum (and maximum) along a row, for any vector width.
//
// The row is cut into segments of 4,096. Within a segment term i belongs to virtual lane i mod 32;
// each lane starts at +0 and adds its terms ascending; lanes are folded by halving (i with i + 16,
// then i + 8, 4, 2, 1). Segment totals are added ascending in groups of 64, group totals ascending;
// the first total starts a sum. 32 lanes are 2, 4, 8 or 32 vectors: the width never shows.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

constexpr int64_t row_segment = 4096;

// Adds chunk totals ascending in groups of 64 and group totals ascending; no addition to zero.
template <class T>
struct GroupedTotal {
  T group = 0, total = 0;
  int64_t count = 0;

  MARK1_DEVICE void add(T chunk) {
    group = count % 64 == 0 ? chunk : group + chunk;
    if (++count % 64 == 0) total = count == 64 ? group : total + group;
  }
  // The sum of all chunks added so far; +0 if there were none.
  MARK1_DEVICE T result() const {
    if (count % 64 == 0) return count == 0 ? T(0) : total;
    return count < 64 ? group : total + group;
  }
};

struct SumLanes {
  template <class V>
  MARK1_DEVICE V operator()(V a, V b) const {
    return a + b;
  }
};

struct MaxLanes {
  template <class V>
  MARK1_DEVICE V operator()(V a, V b) const {
    return max(a, b);
  }
};

// 32 virtual lanes of one segment.
template <class T>
struct Lanes32 {
  using V = Vec<T>;
  static constexpr int vectors = 32 / V::width;
  V lane[vectors];

  MARK1_DEVICE explicit Lanes32(T start = 0) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) lane[j] = V(start);
  }

  // Combines terms begin .. end - 1 into their lanes; begin must be a multiple of 32.
  template <class Op, class F>
  MARK1_DEVICE void scan(int64_t begin, int64_t end, Op op, F& term) {
    int64_t i = begin;
    for (; i + 32 <= end; i += 32) {
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) {
        lane[j] = op(lane[j], term(i + j * V::width, V::width));
      }
    }
    // Lanes without a term stay as they are, whatever `term` returned for them.
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      const int64_t rest = end - i;
      if (rest <= 0) break;
      const int count = rest < V::width ? int(rest) : V::width;
      lane[j] = select(first_lanes<V>(count), op(lane[j], term(i, count)), lane[j]);
      i += count;
    }
  }

  template <class Op>
  MARK1_DEVICE T folded(Op op) const {
    Lanes32 tree = *this;
#pragma GCC unroll 8
    for (int half = vectors / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
      for (int j = 0; j < half; ++j) tree.lane[j] = op(tree.lane[j], tree.lane[j + half]);
    }
    return fold(tree.lane[0], op);
  }
};

// Total of terms begin .. end - 1 of one segment.
template <class T, class F>
MARK1_DEVICE inline T segment_sum(int64_t begin, int64_t end, F& term) {
  Lanes32<T> lanes(T(0));
  lanes.scan(begin, end, SumLanes{}, term);
  return lanes.folded(SumLanes{});
}

// Sum of n terms. term(index, count) returns a Vec holding terms index .. index + count - 1 in its
// first `count` lanes; the other lanes are ignored. The sum of nothing is +0.
template <class F>
MARK1_DEVICE inline auto row_sum(int64_t n, F term) {
  using T = typename decltype(term(int64_t(0), 1))::Scalar;
  GroupedTotal<T> sum;
  for (int64_t begin = 0; begin < n; begin += row_segment) {
    const int64_t end = n - begin < row_segment ? n : begin + row_segment;
    sum.add(segment_sum<T>(begin, end, term));
  }
  return sum.result();
}

// Greatest of n terms, NaN if one is NaN, -infinity if there are none. Lanes as in row_sum, so the
// sign of a zero is well defined too.
template <class F>
MARK1_DEVICE inline auto row_max(int64_t n, F term) {
  using T = typename decltype(term(int64_t(0), 1))::Scalar;
  Lanes32<T> lanes(-__builtin_inf());
  lanes.scan(0, n, MaxLanes{}, term);
  return lanes.folded(MaxLanes{});
}

}  // namespace
}  // namespace mark1::MARK1_ISA
