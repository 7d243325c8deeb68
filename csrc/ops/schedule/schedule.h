// schedule: the learning rate in each of some steps (formulas as in Keras 3, in double).
//
//   kind          numbers                              rate in step s
//   exponential   r, n, d, staircase                   r d^p, p = s / n, or its floor if staircase
//   inverse_time  r, n, d, staircase                   r / (1 + d p), likewise
//   polynomial    r, n, end, power, cycle              (r - end) (1 - s / n)^power + end with s at
//                                                      most n; if cycle, n grows by multiples
//                                                      instead
//   cosine        r, n, alpha, target, warm-up         r ((1 - alpha) (1 + cos(pi s / n)) / 2 +
//   alpha)
//                                                      with s at most n; with a warm-up of w > 0
//                                                      steps from r to target first, then from
//                                                      there
//   cosine_restarts  r, n, t, m, alpha                 the same over n, n t, n t^2, ... steps, with
//                                                      cosines of heights 1, m, m^2, ...
//   piecewise     k boundaries, k + 1 values           the value before the first boundary >= s
//
// step is int64 or float64, of any shape; the rates are float32. d^p by repeated squaring where p
// is whole, else exp(p log d).
#pragma once

#include <string>
#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class ScheduleKind : int {
  kExponential,
  kInverseTime,
  kPolynomial,
  kCosine,
  kCosineRestarts,
  kPiecewise
};
inline constexpr int kScheduleKinds = 6;

struct ScheduleArgs {
  const double* numbers;
  int64_t count;  // of the numbers
  const void* steps;
  float* rates;
  int64_t n;
};

struct ScheduleKernels {
  Kernel<ScheduleArgs> evaluate[kScheduleKinds][2];  // [kind][int64, float64]
};

Tensor schedule(const std::string& kind, const Tensor& step, const std::vector<double>& numbers);

}  // namespace mark1
