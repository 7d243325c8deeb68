// The formula of schedule-free AdamW over vectors of any width.
#pragma once

#include "math/ipow.h"
#include "ops/schedule_free/schedule_free.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct ScheduleFreeRule {
  using Args = ScheduleFreeArgs;
  static constexpr int slots = 2;

  struct Numbers {
    double rate, share, correction;

    MARK1_DEVICE Numbers(const ScheduleFreeArgs& args, int64_t t)
        : rate(double(*args.update.learning_rate)),
          share(1 / double(t)),
          correction(1 / (1 - ipow(args.beta2, t))) {
      if (t < args.warmup) rate = rate * (double(t) / double(args.warmup));
    }
  };

  template <class T>
  struct Formula {
    Vec<T> rate, share, correction, beta, rest, new_v, epsilon;

    MARK1_DEVICE Formula(const ScheduleFreeArgs& args, const Numbers& numbers)
        : rate(T(numbers.rate)),
          share(T(numbers.share)),
          correction(T(numbers.correction)),
          beta(T(args.beta1)),
          rest(T(1 - args.beta1)),
          new_v(T(1 - args.beta2)),
          epsilon(T(args.epsilon)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      s[1] = fma(g * g - s[1], new_v, s[1]);
      const Vec<T> x = fma(-rest, s[0], p) / beta;
      s[0] = s[0] - rate * g / (sqrt(s[1] * correction) + epsilon);
      p = fma(fma(s[0] - x, share, x) - s[0], beta, s[0]);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
