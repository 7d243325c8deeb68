// Ftrl's formula over vectors of any width.
#pragma once

#include "math/pow.h"
#include "ops/ftrl/ftrl.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// square_root: the power is -1/2.
template <bool square_root>
struct FtrlRule {
  using Args = FtrlArgs;
  static constexpr int slots = 2;

  struct Numbers {
    double inverse_rate;

    MARK1_DEVICE Numbers(const FtrlArgs& args, int64_t)
        : inverse_rate(1 / double(*args.update.learning_rate)) {}
  };

  template <class T>
  struct Formula {
    Vec<T> inverse_rate, l1, l2, shrinkage, power_of_root;

    MARK1_DEVICE Formula(const FtrlArgs& args, const Numbers& numbers)
        : inverse_rate(T(numbers.inverse_rate)),
          l1(T(args.l1)),
          l2(T(2 * args.l2 + args.beta * numbers.inverse_rate)),
          shrinkage(T(2 * args.shrinkage)),
          power_of_root(T(-args.power)) {}

    MARK1_DEVICE Vec<T> root_of(Vec<T> n) const {
      if constexpr (square_root) return sqrt(n);
      return power(n, power_of_root);
    }

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      const Vec<T> h = fma(shrinkage, p, g);
      const Vec<T> old_root = root_of(s[0]);
      s[0] = fma(g, g, s[0]);
      const Vec<T> root = root_of(s[0]);
      s[1] = s[1] + fma(-((root - old_root) * inverse_rate), p, h);
      p = (min(max(s[1], -l1), l1) - s[1]) / fma(root, inverse_rate, l2);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
