// schedule_free: one step of schedule-free AdamW (Defazio et al.: The road less scheduled, 2024;
// formulas as in Keras 3).
//
//   t = iterations + 1;  a = learning_rate min(1, t / warmup), or learning_rate if warmup is 0
//   v = v + (g g - v) (1 - beta2)                              one fma
//   x = (p - (1 - beta1) z) / beta1                            the average so far; one fma
//   z = z - a g / (sqrt(v k) + epsilon)                        with k = 1 / (1 - beta2^t)
//   x = x + (z - x) / t                                        one fma
//   p = z + (x - z) beta1                                      one fma
//
// What no element changes is computed in double and rounded to the dtype. z begins as p.
#pragma once

#include "ops/update/args.h"

namespace mark1 {

struct Update;

struct ScheduleFreeArgs {
  UpdateArgs update;
  // Slots: z, v.
  double beta1, beta2, epsilon;
  int64_t warmup;
};

struct ScheduleFreeKernels {
  UpdatePair<ScheduleFreeArgs> update;
};

void schedule_free_update(const Update& update, double beta1, double beta2, double epsilon,
                          int64_t warmup);

}  // namespace mark1
