// The formulas of mean_error over vectors of any width; the reference is this code with vectors of
// one lane, in the row rule's order.
#pragma once

#include "ops/mean_error/mean_error.h"
#include "simd/for_each.h"
#include "simd/lanes.h"
#include "simd/row_sum.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct Squared {
  static constexpr int factor = 2;
  template <class V>
  static MARK1_DEVICE V error(V d) {
    return d * d;
  }
  template <class V>
  static MARK1_DEVICE V slope(V d) {
    return d;
  }
};

struct Absolute {
  static constexpr int factor = 1;
  template <class V>
  static MARK1_DEVICE V error(V d) {
    return abs(d);
  }
  template <class V>
  static MARK1_DEVICE V slope(V d) {
    return select(abs(d) > V(0), copysign(V(1), d), d);
  }
};

template <class T, class Formula>
MARK1_DEVICE void forward(const MeanErrorArgs& args, const Team& team) {
  const Range range = static_range(args.rows, 16, team);
  for (int64_t r = range.begin; r < range.end; ++r) {
    const T* t = static_cast<const T*>(args.t) + r * args.n;
    const T* x = static_cast<const T*>(args.x) + r * args.n;
    const T sum = row_sum(args.n, [t, x](int64_t i, int count) {
      return Formula::error(Vec<T>::load(x + i, count) - Vec<T>::load(t + i, count));
    });
    if (writes(0)) static_cast<T*>(args.out)[r] = sum / T(args.n);
  }
}

template <class T, class Formula>
MARK1_DEVICE void backward(const MeanErrorArgs& args, const Team& team) {
  const Range range = static_range(args.rows, 16, team);
  for (int64_t r = range.begin; r < range.end; ++r) {
    const T* t = static_cast<const T*>(args.t) + r * args.n;
    const T* x = static_cast<const T*>(args.x) + r * args.n;
    T* dx = static_cast<T*>(args.out) + r * args.n;
    const Vec<T> scale = static_cast<const T*>(args.dy)[r] * (T(Formula::factor) / T(args.n));
    for_each_vector<T>({0, args.n}, [=](int64_t i, int count) {
      const Vec<T> d = Vec<T>::load(x + i, count) - Vec<T>::load(t + i, count);
      (scale * Formula::slope(d)).store(dx + i, count);
    });
  }
}

#define MARK1_FORMULA(function, Formula)                    \
  {make_kernel<MeanErrorArgs, &function<float, Formula>>(), \
   make_kernel<MeanErrorArgs, &function<double, Formula>>()}

constexpr MeanErrorKernels make_mean_error_kernels() {
  return {
      {MARK1_FORMULA(forward, Squared), MARK1_FORMULA(forward, Absolute)},
      {MARK1_FORMULA(backward, Squared), MARK1_FORMULA(backward, Absolute)},
  };
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
