// Activations for kernels of a device: these cannot call what a host's pointer points to, and find
// activations by their place in the list instead.
#pragma once

#include "ops/activation/loops.h"

namespace mark1::MARK1_ISA {
namespace {

template <class T, class... Listed>
MARK1_DEVICE void run_listed(int index, bool slope, const ActivationArgs& a) {
  const auto* saved = static_cast<const T*>(a.saved);
  const auto* dy = static_cast<const T*>(a.dy);
  auto* out = static_cast<T*>(a.out);
  int place = 0;
  const auto run = [&]<class A>(A*) {
    if (place++ != index) return;
    slope ? slope_loop<A>(saved, dy, out, a.n, a.parameters)
          : value_loop<A>(saved, out, a.n, a.parameters);
  };
  (run(static_cast<Listed*>(nullptr)), ...);
}

struct EndOfList {
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return x;
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return x;
  }
};

// out = f(saved), or dy f'(saved), by one thread.
template <class T>
[[gnu::noinline]] MARK1_DEVICE void run_activation(int index, bool slope,
                                                   const ActivationArgs& args) {
#define MARK1_LISTED(name) name,
  run_listed<T, MARK1_ACTIVATIONS(MARK1_LISTED) EndOfList>(index, slope, args);
#undef MARK1_LISTED
}

}  // namespace
}  // namespace mark1::MARK1_ISA
