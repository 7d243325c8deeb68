// The three forms of gradient descent over vectors of any width.
#pragma once

#include "ops/sgd/sgd.h"
#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <SgdForm form>
struct SgdRule {
  using Args = SgdArgs;
  static constexpr int slots = form == SgdForm::kPlain ? 0 : 1;

  struct Numbers {
    MARK1_DEVICE Numbers(const SgdArgs&, int64_t) {}
  };

  template <class T>
  struct Formula {
    Vec<T> rate, momentum;

    MARK1_DEVICE Formula(const SgdArgs& args, const Numbers&)
        : rate(T(*args.update.learning_rate)), momentum(T(args.momentum)) {}

    MARK1_DEVICE void operator()(Vec<T> g, Vec<T>& p, Vec<T>* s) const {
      if constexpr (form == SgdForm::kPlain) {
        p = fma(-rate, g, p);
      } else {
        const Vec<T> step = -(rate * g);
        s[0] = fma(momentum, s[0], step);
        p = p + (form == SgdForm::kNesterov ? fma(momentum, s[0], step) : s[0]);
      }
    }
  };
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
