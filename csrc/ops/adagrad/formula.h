// Adagrad's formula over vectors of any width.
#pragma once

#include "ops/adagrad/adagrad.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct AdagradRule {
  using Args = AdagradArgs;
  static constexpr int slots = 1;

  struct Numbers {
    MARK1_DEVICE Numbers(const AdagradArgs&, int64_t) {}
  };

  template <class T>
  struct Formula {
    Vec<T> rate, epsilon;

    MARK1_DEVICE Formula(const AdagradArgs& args, const Numbers&)
        : rate(T(*args.update.learning_rate)), epsilon(T(args.epsilon)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      s[0] = fma(g, g, s[0]);
      p = p - rate * g / sqrt(s[0] + epsilon);
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
