// How the vector kernels of reduce combine terms, pieces of a row and totals: one struct each.
#pragma once

#include "ops/reduce/reduce.h"
#include "simd/row_sum.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

static_assert(row_segment == kReduceSegment);

// Terms of one row.
template <class T>
struct Row {
  const T* x;
  Vec<T> operator()(int64_t i, int count) const { return Vec<T>::load(x + i, count); }
};

template <class Op>
struct Combine {
  template <class V>
  V operator()(V a, V b) const {
    return Op::of(a, b);
  }
};

// Totals of pieces combined ascending in groups of 64, group totals ascending; the first begins.
template <class Op, class T>
struct GroupedPieces {
  T group = 0, total = 0;
  int64_t count = 0;

  void add(T piece) {
    group = count % kReduceGroup == 0 ? piece : Op::of(group, piece);
    if (++count % kReduceGroup == 0) total = count == kReduceGroup ? group : Op::of(total, group);
  }
  T result() const {
    if (count % kReduceGroup == 0) return total;
    return count < kReduceGroup ? group : Op::of(total, group);
  }
};

template <class Op, class T>
inline T ordered_piece(const T* x, int64_t n) {
  Row<T> row{x};
  Lanes32<T> lanes(static_cast<T>(Op::identity));
  lanes.scan(0, n, Combine<Op>{}, row);
  return lanes.folded(Combine<Op>{});
}

struct SumOp {
  static constexpr bool ordered = true;
  static constexpr int identity = 0;
  template <class V>
  static V of(V a, V b) {
    return a + b;
  }
  template <class T>
  static T piece(const T* x, int64_t n) {
    return ordered_piece<SumOp>(x, n);
  }
};

struct ProductOp {
  static constexpr bool ordered = true;
  static constexpr int identity = 1;
  template <class V>
  static V of(V a, V b) {
    return a * b;
  }
  template <class T>
  static T piece(const T* x, int64_t n) {
    return ordered_piece<ProductOp>(x, n);
  }
};

// max and min of vectors leave the sign of a zero open: the first zero of the piece decides it.
template <class T>
inline T first_zero(const T* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    if (x[i] == 0) return x[i];
  }
  return 0;
}

struct MaxOp {
  static constexpr bool ordered = false;
  static constexpr int identity = 0;
  template <class V>
  static V of(V a, V b) {
    return max(a, b);
  }
  template <class T>
  static T piece(const T* x, int64_t n) {
    Row<T> row{x};
    Lanes32<T> lanes(-__builtin_inf());
    lanes.scan(0, n, Combine<MaxOp>{}, row);
    const T result = lanes.folded(Combine<MaxOp>{});
    return result == 0 ? first_zero(x, n) : result;
  }
};
struct MinOp {
  static constexpr bool ordered = false;
  static constexpr int identity = 0;
  template <class V>
  static V of(V a, V b) {
    return min(a, b);
  }
  template <class T>
  static T piece(const T* x, int64_t n) {
    Row<T> row{x};
    Lanes32<T> lanes(__builtin_inf());
    lanes.scan(0, n, Combine<MinOp>{}, row);
    const T result = lanes.folded(Combine<MinOp>{});
    return result == 0 ? first_zero(x, n) : result;
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
