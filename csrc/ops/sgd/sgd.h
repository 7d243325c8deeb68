// sgd: one step of gradient descent for a whole model (formulas as in Keras 3).
//
//   no momentum   p = p - lr g                            one fma
//   momentum      m = momentum m - lr g, p = p + m        the product lr g is rounded, then one fma
//   nesterov      m likewise, p = p + (momentum m - lr g)
//
// lr is the learning rate in the variable's dtype. In place; iterations is incremented.
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

enum class SgdForm : int { kPlain, kMomentum, kNesterov };
inline constexpr int kSgdForms = 3;

struct SgdArgs {
  UpdateArgs update;
  // Slots: m, unless plain.
  double momentum;
};

struct SgdKernels {
  UpdatePair<SgdArgs> update[kSgdForms];
};

void sgd_update(const Update& update, double momentum, bool nesterov);

}  // namespace mark1
