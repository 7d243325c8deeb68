// What the formulas of a cell need, element by element: activations, slopes, places in memory.
#pragma once

#include "ops/recurrent/row.h"

namespace mark1::cuda {
namespace {

// Activations that kernels of a device know by heart. The number of others would be paid in code by
// every kernel: one function looks for them in the list, which takes some hundred instructions.
enum class Known : int { kTanh, kSigmoid, kRelu, kLinear, kHardSigmoid, kOther };

template <class Wanted, class Listed>
constexpr bool kSame = false;
template <class Wanted>
constexpr bool kSame<Wanted, Wanted> = true;

template <class... Listed>
Known known_among(int index) {
  int place = 0;
  Known found = Known::kOther;
  const auto look = [&]<class A>(A*) {
    if (place++ != index) return;
    found = kSame<A, Tanh>          ? Known::kTanh
            : kSame<A, Sigmoid>     ? Known::kSigmoid
            : kSame<A, Relu>        ? Known::kRelu
            : kSame<A, Linear>      ? Known::kLinear
            : kSame<A, HardSigmoid> ? Known::kHardSigmoid
                                    : Known::kOther;
  };
  (look(static_cast<Listed*>(nullptr)), ...);
  return found;
}

// What is known of the activations of a layer.
struct KnownActivation {
  Known known;
  bool over_y;
  int index;  // in the list
  ActivationParameters parameters;
};
inline KnownActivation known_activation(const CellActivation& f) {
#define MARK1_LISTED(name) name,
  const Known known = known_among<MARK1_ACTIVATIONS(MARK1_LISTED) EndOfList>(f.index);
#undef MARK1_LISTED
  return {known, f.over_y, f.index, f.parameters};
}

template <class Result, class F>
MARK1_DEVICE inline Result with_known(Known known, F f) {
  switch (known) {
    case Known::kTanh:
      return f(Tanh());
    case Known::kSigmoid:
      return f(Sigmoid());
    case Known::kRelu:
      return f(Relu());
    case Known::kLinear:
      return f(Linear());
    default:
      return f(HardSigmoid());
  }
}
template <class T, int n>
struct Several {
  T at[n];
};

// f(saved), or dy f'(saved), for any f.
template <class T>
[[gnu::noinline]] MARK1_DEVICE T any_activation(int index, bool slope,
                                                ActivationParameters parameters, T saved, T dy) {
  ActivationArgs args = {};
  args.saved = &saved;
  args.dy = args.out = &dy;
  args.n = 1;
  args.parameters = parameters;
  run_activation<T>(index, slope, args);
  return dy;
}

// f of n numbers; no known activation has parameters. Not inlined, as compilers have their time,
// too; several numbers at once, as each is a chain of dependent instructions and warps are few.
template <class T, int n>
[[gnu::noinline]] MARK1_DEVICE Several<T, n> known_activated(Known known, Several<T, n> x) {
  using V = Vec<T>;
  return with_known<Several<T, n>>(known, [&]<class A>(A) {
    Several<T, n> y;
#pragma unroll
    for (int i = 0; i < n; ++i) y.at[i] = A::value(V(x.at[i]), Parameters<V>{}).v;
    return y;
  });
}
template <class T, int n>
MARK1_DEVICE inline Several<T, n> activated(const KnownActivation& f, Several<T, n> x) {
  if (f.known != Known::kOther) return known_activated<T, n>(f.known, x);
#pragma unroll
  for (T& y : x.at) y = any_activation<T>(f.index, false, f.parameters, y, y);
  return x;
}
template <class T>
MARK1_DEVICE inline T activated(const KnownActivation& f, T x) {
  return activated<T, 1>(f, Several<T, 1>{{x}}).at[0];
}
// dy f'(saved).
template <class T>
MARK1_DEVICE inline T sloped(const KnownActivation& f, T saved, T dy) {
  using V = Vec<T>;
  if (f.known == Known::kOther) {
    return any_activation<T>(f.index, true, f.parameters, saved, dy);
  }
  return with_known<T>(f.known,
                       [&]<class A>(A) { return (V(dy) * A::slope(V(saved), Parameters<V>{})).v; });
}

// One pair of a row and a unit, and where it stands in the tensors of a layer.
template <class T>
struct Pair {
  const RecurrentArgs& a;
  int64_t row, unit;

  static MARK1_DEVICE T* typed(const void* p) { return static_cast<T*>(const_cast<void*>(p)); }
  MARK1_DEVICE T& state(const void* p) const { return typed(p)[row * a.units + unit]; }
  MARK1_DEVICE T& of_step(const void* p, int64_t t, int gate = 0, int gates = 1) const {
    return typed(p)[((row * a.steps + t) * gates + gate) * a.units + unit];
  }
  MARK1_DEVICE bool seen(int64_t t) const { return !a.mask || a.mask[row * a.steps + t]; }
  MARK1_DEVICE T factor() const { return a.dropout ? state(a.dropout) : T(1); }
};

MARK1_DEVICE inline int64_t time_of(const RecurrentArgs& a, int64_t step) {
  return a.backwards ? a.steps - 1 - step : step;
}

}  // namespace
}  // namespace mark1::cuda
