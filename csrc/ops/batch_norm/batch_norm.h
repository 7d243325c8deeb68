// batch_norm, group_norm: channels brought to mean 0 and variance 1, and their gradients.
//
//   x, y, dy, dx          (batch, points, channels): any shape whose last axis is the channels.
//                         batch_norm has one batch of all points, and as many groups as channels
//   scale, offset         (channels), or none: ones, zeros
//   stats                 (2, batch, channels): m and r of each channel, kept for the gradient
//
//   m, v  mean and variance (sum of squared deviations / count) of a group: all points of a sample,
//         channels / groups channels that lie side by side
//   r = 1 / sqrt(v + epsilon), h = (x - m) r, y = fma(h, scale, offset)
//
// Order: per channel and chunk of 256 points the mean (points ascending from +0, one division) and
// the sum of squared deviations from it (fma, ascending from +0). Pieces are merged, left with
// right, by Chan's formula
//   n = n1 + n2, f = n2 / n, d = m2 - m1: m = fma(d, f, m1), s = fma(d d, n1 f, s1 + s2)
// chunks ascending in groups of 64, these groups ascending, then the channels of a group ascending.
// Source: Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for computing sample
// variances, 1979.
//
//   moving  mean, variance: fma(moving, momentum, (1 - momentum) m), likewise v; in place
//   frozen  m and v are given, not computed: batch_norm after training
//
//   backward  s1 = sum of dy, s2 = sum of fma(dy, h, ...) per sample and channel, column rule
//             a = sum of scale s1, b = sum of scale s2 over a group's channels, / its elements;
//             frozen: 0
//             dx = r fma(h, -b, dy scale - a)
//             dscale = sum of s2, doffset = sum of s1 over samples, column rule
//
// Outputs never alias inputs.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"
#include "core/variable.h"

namespace mark1 {

inline constexpr int64_t kPointChunk = 256;

struct BatchNormArgs {
  const void* x;
  const void* dy;
  const void* scale;     // or null
  const void* offset;    // or null
  const void* mean;      // frozen only
  const void* variance;  // frozen only
  void* moving_mean;     // or null
  void* moving_variance;
  void* stats;
  void* out;     // y or dx
  void* totals;  // (batch, chunks of points, 2, channels)
  void* sums;    // backward: s1, s2, then a, b: (4, batch, channels)
  void* dscale;
  void* doffset;
  int64_t batch, points, channels, groups;
  double epsilon, momentum;
  bool frozen;
  bool stream;  // write `out` past the caches
};

struct BatchNormKernels {
  Kernel<BatchNormArgs> forward[2];
  Kernel<BatchNormArgs> backward[2];
};

struct BatchNormed {
  Tensor y, stats;
};
struct BatchNormGradients {
  Tensor dx, dscale, doffset;
};

// Over all axes but the last; moving statistics, if given, are updated.
BatchNormed batch_norm(const Tensor& x, const Tensor* scale, const Tensor* offset,
                       Variable* moving_mean, Variable* moving_variance, double momentum,
                       double epsilon);
BatchNormed frozen_batch_norm(const Tensor& x, const Tensor& mean, const Tensor& variance,
                              const Tensor* scale, const Tensor* offset, double epsilon);
BatchNormed group_norm(const Tensor& x, const Tensor* scale, const Tensor* offset, int64_t groups,
                       double epsilon);
// groups: 0 for batch_norm.
BatchNormGradients batch_norm_backward(const Tensor& dy, const Tensor& x, const Tensor* scale,
                                       const Tensor& stats, int64_t groups, bool frozen);

}  // namespace mark1
