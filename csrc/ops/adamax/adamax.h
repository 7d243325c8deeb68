// adamax: Adam with the greatest gradient, slowly forgotten, for a scale (Kingma & Ba, 2015,
// section 7.1; formulas as in Keras 3).
//
//   t = iterations + 1;  a = learning_rate / (1 - beta1^t)   in double, then rounded to the dtype
//   m = m + (g - m) (1 - beta1)        one fma
//   u = max(beta2 u, |g|)
//   p = p - a m / (u + epsilon)
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct AdamaxArgs {
  UpdateArgs update;
  // Slots: m, u.
  double beta1, beta2, epsilon;
};

struct AdamaxKernels {
  UpdatePair<AdamaxArgs> update;
};

void adamax_update(const Update& update, double beta1, double beta2, double epsilon);

}  // namespace mark1
