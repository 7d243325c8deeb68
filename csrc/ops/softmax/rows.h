// The formulas of softmax over vectors of any width. The reference is this code with vectors of
// one lane: the row rule spells out every lane, so nothing depends on the width.
#pragma once

#include "math/exp.h"
#include "math/log.h"
#include "ops/softmax/softmax.h"
#include "simd/for_each.h"
#include "simd/row_sum.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
struct RowOf {
  const T* x;
  const T* dy;
  T* out;
  int64_t n;

  RowOf(const SoftmaxArgs& args, int64_t row)
      : x(static_cast<const T*>(args.x) + row * args.n),
        dy(static_cast<const T*>(args.dy) + row * args.n),
        out(static_cast<T*>(args.out) + row * args.n),
        n(args.n) {}
};

template <class T>
Vec<T> max_of_row(const T* x, int64_t n) {
  return row_max(n, [x](int64_t i, int count) { return Vec<T>::load(x + i, count); });
}

template <class T>
void softmax_row(const RowOf<T>& row) {
  const auto [x, dy, out, n] = row;
  const Vec<T> top = max_of_row(x, n);
  const Vec<T> sum = row_sum(n, [x, out, top](int64_t i, int count) {
    const Vec<T> e = exp_nonpositive(Vec<T>::load(x + i, count) - top);
    e.store(out + i, count);
    return e;
  });
  for_each_vector<T>({0, n}, [&](int64_t i, int count) {
    (Vec<T>::load(out + i, count) / sum).store(out + i, count);
  });
}

template <class T>
void log_softmax_row(const RowOf<T>& row) {
  const auto [x, dy, out, n] = row;
  const Vec<T> top = max_of_row(x, n);
  const Vec<T> sum = row_sum(n, [x, top](int64_t i, int count) {
    return exp_nonpositive(Vec<T>::load(x + i, count) - top);
  });
  const Vec<T> log_sum = log(sum);
  for_each_vector<T>({0, n}, [&](int64_t i, int count) {
    ((Vec<T>::load(x + i, count) - top) - log_sum).store(out + i, count);
  });
}

template <class T>
void softmax_backward_row(const RowOf<T>& row) {
  const auto [y, dy, out, n] = row;
  const Vec<T> sum = row_sum(n, [y, dy](int64_t i, int count) {
    return Vec<T>::load(dy + i, count) * Vec<T>::load(y + i, count);
  });
  for_each_vector<T>({0, n}, [&](int64_t i, int count) {
    const Vec<T> d = Vec<T>::load(dy + i, count) - sum;
    (Vec<T>::load(y + i, count) * d).store(out + i, count);
  });
}

template <class T>
void log_softmax_backward_row(const RowOf<T>& row) {
  const auto [y, dy, out, n] = row;
  const Vec<T> sum = row_sum(n, [dy](int64_t i, int count) { return Vec<T>::load(dy + i, count); });
  for_each_vector<T>({0, n}, [&](int64_t i, int count) {
    const Vec<T> p = exp(Vec<T>::load(y + i, count));
    (Vec<T>::load(dy + i, count) - p * sum).store(out + i, count);
  });
}

template <class T, void (*function)(const RowOf<T>&)>
void each_row(const SoftmaxArgs& args, const Team& team) {
  const Range range = static_range(args.rows, 1, team);
  for (int64_t r = range.begin; r < range.end; ++r) function(RowOf<T>(args, r));
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
