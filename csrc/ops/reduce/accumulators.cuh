// What a thread of a device keeps of the elements it has seen, and how threads put it together.
#pragma once

#include "ops/reduce/totals.h"

namespace mark1::cuda {
namespace {

template <class Op>
constexpr int identity = Op::identity;
template <>
inline constexpr int identity<WrappingSum> = 0;
template <>
inline constexpr int identity<WrappingProduct> = 1;
// Extremes have none: their first element begins.
template <class Order>
inline constexpr int identity<Best<Order>> = 0;
template <class Op>
inline constexpr bool extreme = false;
template <class Order>
inline constexpr bool extreme<Best<Order>> = true;

// A lane of the row rule.
template <class Op, class T>
struct Adding {
  using Element = T;
  using Result = T;
  T value = identity<Op>;

  MARK1_DEVICE void take(T x, int64_t) { value = Op::of(value, x); }
  MARK1_DEVICE void merge_after(int by) { value = Op::of(value, gpu::shuffle_down(value, by)); }
  MARK1_DEVICE T result() const { return value; }

  // A row of n elements, each in a lane of its own; those without one would change nothing.
  template <int width>
  static MARK1_DEVICE T of_row(const T* x, int64_t n) {
    T lane[width];
#pragma unroll
    for (int i = 0; i < width; ++i) lane[i] = i < n ? Op::of(T(identity<Op>), x[i]) : identity<Op>;
#pragma unroll
    for (int half = width / 2; half > 0; half /= 2) {
#pragma unroll
      for (int i = 0; i < half; ++i) lane[i] = Op::of(lane[i], lane[i + half]);
    }
    return lane[0];
  }
};

// The first of the best, whoever saw it: `place` is unique.
template <class Order, class T>
struct Finding {
  using Element = T;
  T value = 0;
  int64_t place = -1;

  MARK1_DEVICE void take(T x, int64_t i) {
    if (i < 0) return;
    const bool better = Order::replaces(x, value);
    const bool alike = !better && !Order::replaces(value, x);
    if (place >= 0 && !better && !(alike && i < place)) return;
    value = x;
    place = i;
  }
  MARK1_DEVICE void merge_after(int by) {
    const T other = gpu::shuffle_down(value, by);
    take(other, gpu::shuffle_down(place, by));
  }
};
// The best of a row.
template <class Keeper, int width, class T>
MARK1_DEVICE auto best_of_row(const T* x, int64_t n) {
  T loaded[width];
#pragma unroll
  for (int i = 0; i < width; ++i) loaded[i] = i < n ? x[i] : T(0);
  Keeper best;
#pragma unroll
  for (int i = 0; i < width; ++i) {
    if (i < n) best.take(loaded[i], i);
  }
  return best.result();
}

template <class Order, class T>
struct FindingValue : Finding<Order, T> {
  using Result = T;
  MARK1_DEVICE T result() const { return this->value; }
  template <int width>
  static MARK1_DEVICE T of_row(const T* x, int64_t n) {
    return best_of_row<FindingValue, width>(x, n);
  }
};
template <class Order, class T>
struct FindingPlace : Finding<Order, T> {
  using Result = int32_t;
  MARK1_DEVICE int32_t result() const { return static_cast<int32_t>(this->place); }
  template <int width>
  static MARK1_DEVICE int32_t of_row(const T* x, int64_t n) {
    return best_of_row<FindingPlace, width>(x, n);
  }
};

// Takes x[i] for i = first, first + step, ... < end, with eight of them on their way at a time.
template <class Keeper, class T>
MARK1_DEVICE void take_all(Keeper& keeper, const T* x, int64_t stride, int64_t first, int64_t end,
                           int64_t step) {
  constexpr int ahead = 8;
  int64_t i = first;
  for (; i + (ahead - 1) * step < end; i += ahead * step) {
    T loaded[ahead];
#pragma unroll
    for (int k = 0; k < ahead; ++k) loaded[k] = x[(i + k * step) * stride];
#pragma unroll
    for (int k = 0; k < ahead; ++k) keeper.take(loaded[k], i + k * step);
  }
#pragma unroll 1
  for (; i < end; i += step) keeper.take(x[i * stride], i);
}

}  // namespace
}  // namespace mark1::cuda
