// Adam's formula over vectors of any width; shared by the reference and the SIMD kernel.
#pragma once

#include "math/ipow.h"
#include "ops/adam/adam.h"
#include "simd/segments.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

inline double step_size(const AdamArgs& args, int64_t t) {
  const Vec<double> rest = 1 - ipow(args.beta2, t);
  return double(*args.learning_rate) * first(sqrt(rest)) / (1 - ipow(args.beta1, t));
}

template <class T>
struct Adam {
  Vec<T> alpha, new_m, new_v, epsilon;

  Adam(const AdamArgs& args, double a)
      : alpha(T(a)), new_m(T(1 - args.beta1)), new_v(T(1 - args.beta2)), epsilon(T(args.epsilon)) {}

  void operator()(Vec<T> g, Vec<T>& p, Vec<T>& m, Vec<T>& v) const {
    m = fma(g - m, new_m, m);
    v = fma(g * g - v, new_v, v);
    p = p - m * alpha / (sqrt(v) + epsilon);
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
