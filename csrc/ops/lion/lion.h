// lion: steps of one size, against the sign of a mean of gradients (Chen et al., 2023; formulas as
// in Keras 3).
//
//   p = p - lr sign(beta1 m + (1 - beta1) g)    two fmas; the sign of 0 is 0, that of NaN is NaN
//   m = beta2 m + (1 - beta2) g                 one fma
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct LionArgs {
  UpdateArgs update;
  // Slots: m.
  double beta1, beta2;
};

struct LionKernels {
  UpdatePair<LionArgs> update;
};

void lion_update(const Update& update, double beta1, double beta2);

}  // namespace mark1
