// What happens around an optimizer's formula, over vectors of any width; see args.h.
#pragma once

#include "ops/update/args.h"
#include "simd/segments.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// What the number of the step decides, the same for all elements.
struct Step {
  int64_t number;  // of this update, the first being 1
  bool updates;    // or only accumulates
  bool overwrites;
  bool skips;  // for its gradients are not finite

  // Without options every step is an update.
  MARK1_DEVICE explicit Step(int64_t number)
      : number(number), updates(true), overwrites(false), skips(false) {}
  MARK1_DEVICE explicit Step(const UpdateArgs& args)
      : number(*args.iterations / args.accumulated + 1),
        updates((*args.iterations + 1) % args.accumulated == 0),
        overwrites(args.overwrite_every > 0 && number % args.overwrite_every == 0),
        skips(args.skips && *args.skips) {}
};

template <class T>
struct Options {
  using V = Vec<T>;
  bool updates, overwrites, accumulates, averages, clips_by_norm, clips_by_value, decays;
  V scale, share, factor, limit, decay, old_average, new_average;

  MARK1_DEVICE Options(const UpdateArgs& args, const Step& step, const Segment& row)
      : updates(step.updates && row.gradient),
        overwrites(step.overwrites),
        accumulates(args.accumulator >= 0 && row.gradient),
        averages(args.average >= 0),
        clips_by_norm(args.factors && updates),
        clips_by_value(args.clip_value > 0),
        decays(args.weight_decay != 0 && row.decays),
        scale(T(1 / (args.found_scale ? double(*args.found_scale) : args.loss_scale))),
        share(T(1 / double(args.accumulated))),
        factor(T(clips_by_norm ? args.factors[(&row - args.rows) * args.factor_stride] : 1)),
        limit(T(args.clip_value)),
        decay(T(*args.learning_rate) * T(args.weight_decay)),
        old_average(T(step.number == 1 ? 0 : args.average_momentum)),
        new_average(T(1 - (step.number == 1 ? 0 : args.average_momentum))) {}

  // The gradient so far, before clipping.
  MARK1_DEVICE V gathered(V g, V accumulated) const {
    g = g * scale;
    if (!accumulates) return g;
    return updates ? (accumulated + g) * share : accumulated + g;
  }
  MARK1_DEVICE V clipped(V g) const {
    if (clips_by_norm) g = g * factor;
    return clips_by_value ? min(max(g, -limit), limit) : g;
  }
  MARK1_DEVICE V decayed(V p) const { return decays ? fma(-decay, p, p) : p; }
  MARK1_DEVICE V averaged(V average, V p) const {
    return fma(old_average, average, new_average * p);
  }
};

// Counts the step, in a launch of its own: members of the one before may still read the number, and
// to wait for each other costs milliseconds where a processor is busy with something else.
// Numbers::keep() writes what a formula carries from step to step besides the slots.
template <class Rule, bool with_options>
MARK1_DEVICE void count_step(const typename Rule::Args& args, const Team& team) {
  if (team.rank != 0) return;
  const UpdateArgs& common = args.update;
  Step step(*common.iterations + 1);
  if constexpr (with_options) step = Step(common);
  if (step.skips) return;
  const typename Rule::Numbers numbers(args, step.number);
  if constexpr (requires { numbers.keep(); }) {
    if (step.updates) numbers.keep();
  }
  *common.iterations += 1;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
