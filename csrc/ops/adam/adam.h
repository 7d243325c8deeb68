// adam: one step of Adam for a whole model (Kingma & Ba, 2015; formulas as in Keras 3).
//
//   t = iterations + 1;  a = learning_rate sqrt(1 - beta2^t) / (1 - beta1^t)   in double, then
//                                                                           rounded to the dtype
//   m = m + (g - m) (1 - beta1)        one fma
//   v = v + (g g - v) (1 - beta2)      one fma
//   p = p - m a / (sqrt(v) + epsilon)
//
// AMSGrad (Reddi, Kale & Kumar, 2018) divides by the root of h = max(h, v) instead. In place;
// iterations becomes t. beta^t by repeated squaring (math/ipow.h).
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct AdamArgs {
  UpdateArgs update;
  // Slots: m, v and, for AMSGrad, h.
  double beta1, beta2, epsilon;
};

struct AdamKernels {
  UpdatePair<AdamArgs> update[2];  // [amsgrad]
};

void adam_update(const Update& update, double beta1, double beta2, double epsilon, bool amsgrad);

}  // namespace mark1
