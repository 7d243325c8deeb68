// Adam's formula over vectors of any width.
#pragma once

#include "math/ipow.h"
#include "ops/adam/adam.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <bool amsgrad>
struct AdamRule {
  using Args = AdamArgs;
  static constexpr int slots = amsgrad ? 3 : 2;

  struct Numbers {
    double alpha;

    MARK1_DEVICE Numbers(const AdamArgs& args, int64_t t) {
      const Vec<double> rest = 1 - ipow(args.beta2, t);
      const double rate = double(*args.update.learning_rate);
      alpha = rate * first(sqrt(rest)) / (1 - ipow(args.beta1, t));
    }
  };

  template <class T>
  struct Formula {
    Vec<T> alpha, new_m, new_v, epsilon;

    MARK1_DEVICE Formula(const AdamArgs& args, const Numbers& numbers)
        : alpha(T(numbers.alpha)),
          new_m(T(1 - args.beta1)),
          new_v(T(1 - args.beta2)),
          epsilon(T(args.epsilon)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      s[0] = fma(g - s[0], new_m, s[0]);
      s[1] = fma(g * g - s[1], new_v, s[1]);
      if constexpr (amsgrad) s[2] = max(s[2], s[1]);
      p = p - s[0] * alpha / (sqrt(s[slots - 1]) + epsilon);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
