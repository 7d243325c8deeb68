// adam: one step of Adam for a whole model (Kingma & Ba, 2015; formulas as in Keras 3).
//
//   t = iterations + 1;  a = learning_rate sqrt(1 - beta2^t) / (1 - beta1^t)   in double, then
//                                                                           rounded to the dtype
//   m = m + (g - m) (1 - beta1)        one fma
//   v = v + (g g - v) (1 - beta2)      one fma
//   p = p - m a / (sqrt(v) + epsilon)
//
// In place; iterations becomes t. beta^t by repeated squaring (math/ipow.h).
#pragma once

#include "core/kernel.h"
#include "core/segment.h"

namespace mark1 {

struct AdamArgs {
  const Segment* rows;  // slots: m, v
  int64_t count;
  const float* learning_rate;
  int64_t* iterations;
  double beta1, beta2, epsilon;
};

struct AdamKernels {
  Kernel<AdamArgs> update;
};

}  // namespace mark1
