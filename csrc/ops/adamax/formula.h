// Adamax's formula over vectors of any width.
#pragma once

#include "math/ipow.h"
#include "ops/adamax/adamax.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct AdamaxRule {
  using Args = AdamaxArgs;
  static constexpr int slots = 2;

  struct Numbers {
    double alpha;

    MARK1_DEVICE Numbers(const AdamaxArgs& args, int64_t t)
        : alpha(double(*args.update.learning_rate) / (1 - ipow(args.beta1, t))) {}
  };

  template <class T>
  struct Formula {
    Vec<T> alpha, new_m, beta2, epsilon;

    MARK1_DEVICE Formula(const AdamaxArgs& args, const Numbers& numbers)
        : alpha(T(numbers.alpha)),
          new_m(T(1 - args.beta1)),
          beta2(T(args.beta2)),
          epsilon(T(args.epsilon)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      s[0] = fma(g - s[0], new_m, s[0]);
      s[1] = max(beta2 * s[1], abs(g));
      p = p - alpha * s[0] / (s[1] + epsilon);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
