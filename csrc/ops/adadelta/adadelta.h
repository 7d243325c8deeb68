// adadelta: steps scaled by the ratio of two running root mean squares (Zeiler, 2012; formulas as
// in Keras 3).
//
//   a = rho a + (1 - rho) g g                    one fma
//   d = -sqrt(e + epsilon) g / sqrt(a + epsilon)
//   e = rho e + (1 - rho) d d                    one fma
//   p = p + lr d                                 one fma
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct AdadeltaArgs {
  UpdateArgs update;
  // Slots: a, e.
  double rho, epsilon;
};

struct AdadeltaKernels {
  UpdatePair<AdadeltaArgs> update;
};

void adadelta_update(const Update& update, double rho, double epsilon);

}  // namespace mark1
