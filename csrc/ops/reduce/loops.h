// Plain loops of reduce: the definition of max, min and argmax, and all of the integers.
#pragma once

#include "ops/reduce/reduce.h"

namespace mark1 {
namespace MARK1_ISA {

extern const ReduceKernels reduce_kernels;

namespace {

// b replaces a: strictly better, or the first NaN.
struct Greater {
  template <class T>
  static MARK1_DEVICE bool replaces(T b, T a) {
    return !(b <= a) && a == a;
  }
};
struct Less {
  template <class T>
  static MARK1_DEVICE bool replaces(T b, T a) {
    return !(b >= a) && a == a;
  }
};

template <class Order>
struct Best {
  template <class T>
  static MARK1_DEVICE T first(T x) {
    return x;
  }
  template <class T>
  static MARK1_DEVICE T of(T a, T b) {
    return Order::replaces(b, a) ? b : a;
  }
};

// Integers wrap around: their sum does not depend on the order.
struct WrappingSum {
  template <class T>
  static MARK1_DEVICE T first(T x) {
    return x;
  }
  static MARK1_DEVICE int32_t of(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
  }
  static MARK1_DEVICE int64_t of(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
};

struct WrappingProduct {
  template <class T>
  static MARK1_DEVICE T first(T x) {
    return x;
  }
  static MARK1_DEVICE int32_t of(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
  }
  static MARK1_DEVICE int64_t of(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  }
};

// What nothing gives.
template <class Op>
constexpr int empty = 0;
template <>
constexpr int empty<WrappingProduct> = 1;

template <class Op, class T>
MARK1_DEVICE void plain_rows(const ReduceArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const Range rows = static_range(args.outer, 1, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const T* row = x + r * args.n;
    T result = args.n > 0 ? Op::first(row[0]) : T(empty<Op>);
    for (int64_t i = 1; i < args.n; ++i) result = Op::of(result, row[i]);
    out[r] = result;
  }
}

template <class Op, class T>
MARK1_DEVICE void plain_columns(const ReduceArgs& args, const Team& team) {
  const int64_t columns = args.columns;
  const Range range = static_range(columns, 64, team);
  for (int64_t o = 0; o < args.outer; ++o) {
    const T* x = static_cast<const T*>(args.x) + o * args.n * columns;
    T* out = static_cast<T*>(args.out) + o * columns;
    for (int64_t c = range.begin; c < range.end; ++c) out[c] = args.n > 0 ? x[c] : T(empty<Op>);
    for (int64_t r = 1; r < args.n; ++r) {
      const T* row = x + r * columns;
      for (int64_t c = range.begin; c < range.end; ++c) out[c] = Op::of(out[c], row[c]);
    }
  }
}

template <class Order, class T>
MARK1_DEVICE void plain_arg(const ArgReduceArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  const Range rows = static_range(args.rows, 16, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const T* row = x + r * args.n;
    int64_t best = 0;
    for (int64_t i = 1; i < args.n; ++i) {
      if (Order::replaces(row[i], row[best])) best = i;
    }
    args.out[r] = static_cast<int32_t>(best);
  }
}

template <class Op, class T>
constexpr Kernel<ReduceArgs> rows_kernel() {
  return make_kernel<ReduceArgs, &plain_rows<Op, T>>();
}
template <class Op, class T>
constexpr Kernel<ReduceArgs> columns_kernel() {
  return make_kernel<ReduceArgs, &plain_columns<Op, T>>();
}
template <class Order, class T>
constexpr Kernel<ArgReduceArgs> arg_kernel() {
  return make_kernel<ArgReduceArgs, &plain_arg<Order, T>>();
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
