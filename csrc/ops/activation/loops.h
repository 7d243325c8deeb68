// The loops around the formulas of activations.h; the reference runs them with vectors of one lane.
#pragma once

#include "ops/activation/activations.h"

namespace mark1::MARK1_ISA {
namespace {

template <class V>
MARK1_DEVICE inline Parameters<V> broadcast_parameters(const ActivationParameters& p) {
  using T = typename V::Scalar;
  return {V(T(p.alpha)), V(T(p.beta)), V(T(p.gamma))};
}

// step(i, count) for all of 0 .. n - 1, whole vectors first.
template <class V, class Step>
MARK1_DEVICE inline void for_each_vector(int64_t n, Step step) {
  int64_t i = 0;
  for (; i + V::width <= n; i += V::width) step(i, V::width);
  if (i < n) step(i, int(n - i));
}

// y may be x.
template <class A, class T>
[[gnu::noinline]] MARK1_DEVICE void value_loop(const T* x, T* y, int64_t n,
                                               const ActivationParameters& p) {
  using V = Vec<T>;
  const Parameters<V> parameters = broadcast_parameters<V>(p);
  for_each_vector<V>(n, [&](int64_t i, int count) {
    A::value(V::load(x + i, count), parameters).store(y + i, count);
  });
}

template <class A, class T>
[[gnu::noinline]] MARK1_DEVICE void slope_loop(const T* saved, const T* dy, T* dx, int64_t n,
                                               const ActivationParameters& p) {
  using V = Vec<T>;
  const Parameters<V> parameters = broadcast_parameters<V>(p);
  for_each_vector<V>(n, [&](int64_t i, int count) {
    const V slope = A::slope(V::load(saved + i, count), parameters);
    (V::load(dy + i, count) * slope).store(dx + i, count);
  });
}

}  // namespace
}  // namespace mark1::MARK1_ISA
