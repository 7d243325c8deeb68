// update: what the steps of all optimizers have in common.
//
// An optimizer's formula turns gradient g, value p and state s of an element into new p and s. What
// may happen around it, in this order (as in Keras 3):
//
//   loss scale             g = g (1 / scale); one that finds itself lets a step whose gradients are
//                          not all finite change nothing but the scale
//   accumulation           of n steps, n - 1 only do a = a + g; the last uses g = (a + g) (1 / n)
//                          and sets a = 0
//   clipping by norm       g = g f, with f = c / norm where norm > c, else 1, computed in double.
//                          norm is the root of the sum of squares: per variable by the row rule in
//                          its dtype; globally, those sums are added by the row rule in double,
//                          and f is NaN if the norm is infinite
//   clipping by value      g = min(max(g, -c), c)
//   weight decay           p = p - (lr decay) p     one fma; not for variables that are exempt
//   THE FORMULA
//   average                e = m e + (1 - m) p      one fma; m is 0 in the first step
//   overwriting            p = e in every n-th step
//
// Each of them costs nothing where it is not asked for: kernels exist without any and with all.
// Whatever depends on the number of the step is decided by the kernel, from `iterations`, so that
// a recorded step can be run again.
#pragma once

#include "core/kernel.h"
#include "core/segment.h"

namespace mark1 {

struct UpdateArgs {
  const Segment* rows;  // slots: what the formula keeps, then average, then accumulator
  int64_t count;
  const float* learning_rate;
  int64_t* iterations;
  // What follows is read only by kernels with options.
  const double* factors;         // of clipping by norm; null: none
  int64_t factor_stride;         // 1: a factor per row, 0: one for all
  int64_t accumulated;           // steps per update, 1: no accumulation
  int64_t average, accumulator;  // numbers of slots, -1: none
  int64_t overwrite_every;       // 0: never
  double loss_scale;             // 1: none
  const float* found_scale;      // one that finds itself, or null
  const uint8_t* skips;          // whether it leaves this step out
  double clip_value;             // 0: none
  double weight_decay;           // 0: none
  double average_momentum;
};

// factors[r] of row r, or factors[0] for all. Members share pieces of 4,096 elements.
struct NormArgs {
  UpdateArgs update;
  double* totals;   // one per piece
  double* sums;     // of squares, one per row
  double* factors;  // one, or one per row
  int64_t pieces;
  int64_t global;
  double limit;
};

inline constexpr int64_t kNormPiece = 4096;

// A loss scale that finds itself; see loss_scale.h.
struct LossScaleArgs {
  UpdateArgs update;
  uint8_t* marks;  // one per piece of kScalePiece elements
  uint8_t* votes;  // one per member
  uint8_t* skips;
  float* scale;
  int64_t* steps;  // finite ones since the scale changed
  int64_t pieces;
  int64_t growth_steps;
};

inline constexpr int64_t kScalePiece = 1024;
inline constexpr int64_t kMostVotes = 256;

struct UpdateKernels {
  Kernel<NormArgs> clip_factors;
  Kernel<LossScaleArgs> mark_wild, judge, rescale;
};

// An update, and what follows it: the step is counted.
template <class Args>
struct UpdateSteps {
  Kernel<Args> update, count;
};

// A formula's kernels.
template <class Args>
struct UpdatePair {
  UpdateSteps<Args> plain, with_options;
};

}  // namespace mark1
