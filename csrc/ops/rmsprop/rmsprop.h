// rmsprop: steps scaled by a running root mean square (Hinton, lecture 6e of Neural networks for
// machine learning, 2012; formulas as in Keras 3).
//
//   v = rho v + (1 - rho) g g            one fma
//   w = v, or if centered w = max(v - a a, 0) with a = rho a + (1 - rho) g     one fma each; below
//                                        0 is rounding, whose root would be NaN
//   d = lr g / sqrt(w + epsilon)
//   p = p - d, or with momentum m = momentum m + d (one fma), p = p - m
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct RmspropArgs {
  UpdateArgs update;
  // Slots: v, then m with momentum, then a if centered.
  double rho, momentum, epsilon;
};

struct RmspropKernels {
  UpdatePair<RmspropArgs> update[2][2];  // [has momentum][centered]
};

void rmsprop_update(const Update& update, double rho, double momentum, double epsilon,
                    bool centered);

}  // namespace mark1
