// nadam: Adam with Nesterov's momentum (Dozat, 2015; formulas as in Keras 3).
//
//   t = iterations + 1;  c(t) = beta1 (1 - 0.96^t / 2);  q = q c(t), kept from step to step
//   a = learning_rate c(t + 1) / (1 - q c(t + 1));  b = learning_rate (1 - c(t)) / (1 - q)
//   m = m + (g - m) (1 - beta1)                 one fma
//   v = v + (g g - v) (1 - beta2)               one fma
//   p = p - (a m + b g) / (sqrt(v k) + epsilon)   with k = 1 / (1 - beta2^t); one fma
//
// What no element changes is computed in double and rounded to the dtype, q to the dtype that it is
// kept in.
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;
class Variable;

struct NadamArgs {
  UpdateArgs update;
  // Slots: m, v.
  void* product;              // q
  int64_t product_precision;  // as float_index
  double beta1, beta2, epsilon;
};

struct NadamKernels {
  UpdatePair<NadamArgs> update;
};

// product is a scalar of any of the two precisions, 1 before the first step.
void nadam_update(const Update& update, Variable& product, double beta1, double beta2,
                  double epsilon);

}  // namespace mark1
