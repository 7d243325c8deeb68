// ftrl: follow the regularized leader, which keeps weights at 0 (McMahan et al., Ad click
// prediction: a view from the trenches, 2013; formulas as in Keras 3).
//
//   h = g + 2 shrinkage p                         one fma
//   n = a + g g                                   one fma
//   z = z + (h - (root(n) - root(a)) (1 / lr) p)  one fma
//   p = (min(max(z, -l1), l1) - z) / (root(n) (1 / lr) + 2 l2 + beta / lr)   one fma
//   a = n
//
// root(n) = n^-power. What no element changes is computed in double and rounded to the dtype.
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct FtrlArgs {
  UpdateArgs update;
  // Slots: a, z.
  double l1, l2, shrinkage, beta, power;
};

struct FtrlKernels {
  UpdatePair<FtrlArgs> update[2];  // [power is not -1/2]
};

void ftrl_update(const Update& update, double l1, double l2, double shrinkage, double beta,
                 double power);

}  // namespace mark1
