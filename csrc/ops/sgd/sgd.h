// sgd: one step of gradient descent for a whole model (formulas as in Keras 3).
//
//   no momentum   p = p - lr g                            one fma
//   momentum      m = momentum m - lr g, p = p + m        the product lr g is rounded, then one fma
//   nesterov      m likewise, p = p + (momentum m - lr g)
//
// lr is the learning rate in the variable's dtype. In place; iterations is incremented.
#pragma once

#include "core/kernel.h"
#include "core/segment.h"

namespace mark1 {

enum class SgdForm : int { kPlain, kMomentum, kNesterov };
inline constexpr int kSgdForms = 3;

struct SgdArgs {
  const Segment* rows;  // slots: m
  int64_t count;
  const float* learning_rate;
  int64_t* iterations;
  double momentum;
};

struct SgdKernels {
  Kernel<SgdArgs> update[kSgdForms];
};

}  // namespace mark1
