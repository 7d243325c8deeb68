// Lion's formula over vectors of any width.
#pragma once

#include "ops/lion/lion.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct LionRule {
  using Args = LionArgs;
  static constexpr int slots = 1;

  struct Numbers {
    MARK1_DEVICE Numbers(const LionArgs&, int64_t) {}
  };

  template <class T>
  struct Formula {
    Vec<T> rate, beta1, rest1, beta2, rest2;

    MARK1_DEVICE Formula(const LionArgs& args, const Numbers&)
        : rate(T(*args.update.learning_rate)),
          beta1(T(args.beta1)),
          rest1(T(1 - args.beta1)),
          beta2(T(args.beta2)),
          rest2(T(1 - args.beta2)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      const Vec<T> mean = fma(beta1, s[0], rest1 * g);
      const Vec<T> one(T(1));
      const Vec<T> sign = select(mean > Vec<T>(T(0)), one, select(mean < Vec<T>(T(0)), -one, mean));
      p = fma(-rate, sign, p);
      s[0] = fma(beta2, s[0], rest2 * g);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
