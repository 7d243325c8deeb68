// The three forms of gradient descent over vectors of any width.
#pragma once

#include "ops/sgd/sgd.h"
#include "simd/segments.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <SgdForm form, class T>
struct Sgd {
  Vec<T> rate, momentum;
  explicit Sgd(const SgdArgs& args) : rate(T(*args.learning_rate)), momentum(T(args.momentum)) {}

  void operator()(Vec<T> g, Vec<T>& p, Vec<T>& m) const {
    if constexpr (form == SgdForm::kPlain) {
      p = fma(-rate, g, p);
    } else {
      const Vec<T> step = -(rate * g);
      m = fma(momentum, m, step);
      p = p + (form == SgdForm::kNesterov ? fma(momentum, m, step) : m);
    }
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
