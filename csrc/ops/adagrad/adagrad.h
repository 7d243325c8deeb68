// adagrad: steps scaled by all squared gradients so far (Duchi, Hazan & Singer, 2011; formulas as
// in Keras 3).
//
//   a = a + g g                         one fma
//   p = p - lr g / sqrt(a + epsilon)
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct AdagradArgs {
  UpdateArgs update;
  // Slots: a.
  double epsilon;
};

struct AdagradKernels {
  UpdatePair<AdagradArgs> update;
};

void adagrad_update(const Update& update, double epsilon);

}  // namespace mark1
