// Nadam's formula over vectors of any width.
#pragma once

#include "math/ipow.h"
#include "ops/nadam/nadam.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// The momentum in step t: it grows from about beta1 / 2 to beta1.
MARK1_DEVICE inline double nadam_momentum(double beta1, int64_t t) {
  return beta1 * (1 - 0.5 * ipow(0.96, t));
}

struct NadamRule {
  using Args = NadamArgs;
  static constexpr int slots = 2;

  struct Numbers {
    double by_m, by_g, correction, product;
    const NadamArgs& args;

    MARK1_DEVICE Numbers(const NadamArgs& nadam, int64_t t) : args(nadam) {
      const double now = nadam_momentum(args.beta1, t), next = nadam_momentum(args.beta1, t + 1);
      const double rate = double(*args.update.learning_rate);
      if (args.product_precision == 0) {
        product = double(float(double(*static_cast<float*>(args.product)) * now));
      } else {
        product = *static_cast<double*>(args.product) * now;
      }
      by_m = rate * next / (1 - product * next);
      by_g = rate * (1 - now) / (1 - product);
      correction = 1 / (1 - ipow(args.beta2, t));
    }

    MARK1_DEVICE void keep() const {
      if (args.product_precision == 0) {
        *static_cast<float*>(args.product) = float(product);
      } else {
        *static_cast<double*>(args.product) = product;
      }
    }
  };

  template <class T>
  struct Formula {
    Vec<T> by_m, by_g, correction, new_m, new_v, epsilon;

    MARK1_DEVICE Formula(const NadamArgs& args, const Numbers& numbers)
        : by_m(T(numbers.by_m)),
          by_g(T(numbers.by_g)),
          correction(T(numbers.correction)),
          new_m(T(1 - args.beta1)),
          new_v(T(1 - args.beta2)),
          epsilon(T(args.epsilon)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      s[0] = fma(g - s[0], new_m, s[0]);
      s[1] = fma(g * g - s[1], new_v, s[1]);
      p = p - fma(by_m, s[0], by_g * g) / (sqrt(s[1] * correction) + epsilon);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
