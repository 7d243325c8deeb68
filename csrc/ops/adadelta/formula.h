// Adadelta's formula over vectors of any width.
#pragma once

#include "ops/adadelta/adadelta.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct AdadeltaRule {
  using Args = AdadeltaArgs;
  static constexpr int slots = 2;

  struct Numbers {
    MARK1_DEVICE Numbers(const AdadeltaArgs&, int64_t) {}
  };

  template <class T>
  struct Formula {
    Vec<T> rate, rho, rest, epsilon;

    MARK1_DEVICE Formula(const AdadeltaArgs& args, const Numbers&)
        : rate(T(*args.update.learning_rate)),
          rho(T(args.rho)),
          rest(T(1 - args.rho)),
          epsilon(T(args.epsilon)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      s[0] = fma(rho, s[0], rest * (g * g));
      const Vec<T> d = -(sqrt(s[1] + epsilon) * g / sqrt(s[0] + epsilon));
      s[1] = fma(rho, s[1], rest * (d * d));
      p = fma(rate, d, p);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
