// RMSprop's four forms over vectors of any width.
#pragma once

#include "ops/rmsprop/rmsprop.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <bool has_momentum, bool centered>
struct RmspropRule {
  using Args = RmspropArgs;
  static constexpr int slots = 1 + has_momentum + centered;

  struct Numbers {
    MARK1_DEVICE Numbers(const RmspropArgs&, int64_t) {}
  };

  template <class T>
  struct Formula {
    Vec<T> rate, rho, rest, momentum, epsilon;

    MARK1_DEVICE Formula(const RmspropArgs& args, const Numbers&)
        : rate(T(*args.update.learning_rate)),
          rho(T(args.rho)),
          rest(T(1 - args.rho)),
          momentum(T(args.momentum)),
          epsilon(T(args.epsilon)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      s[0] = fma(rho, s[0], rest * (g * g));
      Vec<T> w = s[0];
      if constexpr (centered) {
        Vec<T>& a = s[slots - 1];
        a = fma(rho, a, rest * g);
        w = max(fma(-a, a, w), T(0));
      }
      const Vec<T> d = rate * g / sqrt(w + epsilon);
      if constexpr (has_momentum) {
        s[1] = fma(momentum, s[1], d);
        p = p - s[1];
      } else {
        p = p - d;
      }
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
