// The definition of a step: the formula with its options, one element after the other.
//
// A Rule is an optimizer: Args, the number of its slots, Numbers(args, t) that are the same for all
// elements in step t, and Formula<T>(args, numbers), called with gradient, value and slots.
#pragma once

#include "ops/update/element.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class Rule>
MARK1_DEVICE void update_plain(const typename Rule::Args& args, const Team& team) {
  const UpdateArgs& common = args.update;
  const typename Rule::Numbers numbers(args, *common.iterations + 1);
  walk_segments(common.rows, common.count, team, [&](const Segment& row, Range range, auto zero) {
    using T = decltype(zero);
    const typename Rule::template Formula<T> formula(args, numbers);
    for (int64_t i = range.begin; i < range.end; ++i) {
      T* value = static_cast<T*>(row.value) + i;
      Vec<T> p = *value;
      Vec<T> s[kMaxSlots] = {};
      for (int k = 0; k < Rule::slots; ++k) s[k] = static_cast<T*>(row.slots[k])[i];
      formula(Vec<T>(static_cast<const T*>(row.gradient)[i]), p, s);
      *value = p.v;
      for (int k = 0; k < Rule::slots; ++k) static_cast<T*>(row.slots[k])[i] = s[k].v;
    }
  });
}

template <class Rule>
MARK1_DEVICE void update_with_options(const typename Rule::Args& args, const Team& team) {
  const UpdateArgs& common = args.update;
  const Step step(common);
  if (step.skips) return;
  const typename Rule::Numbers numbers(args, step.number);
  walk_segments(common.rows, common.count, team, [&](const Segment& row, Range range, auto zero) {
    using T = decltype(zero);
    const typename Rule::template Formula<T> formula(args, numbers);
    const Options<T> options(common, step, row);
    const auto slot = [&row](int64_t k, int64_t i) { return static_cast<T*>(row.slots[k]) + i; };
    for (int64_t i = range.begin; i < range.end; ++i) {
      Element<T> e;
      e.p = static_cast<T*>(row.value)[i];
      if (row.gradient) e.g = static_cast<const T*>(row.gradient)[i];
      if (options.accumulates) e.accumulator = *slot(common.accumulator, i);
      if (options.averages) e.average = *slot(common.average, i);
      for (int k = 0; k < Rule::slots; ++k) e.s[k] = *slot(k, i);
      step_element(options, formula, e);
      static_cast<T*>(row.value)[i] = e.p.v;
      if (options.accumulates) *slot(common.accumulator, i) = e.accumulator.v;
      if (options.averages) *slot(common.average, i) = e.average.v;
      for (int k = 0; k < Rule::slots; ++k) *slot(k, i) = e.s[k].v;
    }
  });
}

#if !defined(MARK1_ISA_cuda)
template <class Rule>
constexpr UpdatePair<typename Rule::Args> kernels_of() {
  using Args = typename Rule::Args;
  return {{make_kernel<Args, &update_plain<Rule>>(), make_kernel<Args, &count_step<Rule, false>>()},
          {make_kernel<Args, &update_with_options<Rule>>(),
           make_kernel<Args, &count_step<Rule, true>>()}};
}
#endif

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

#if defined(MARK1_ISA_cuda)
#include "ops/update/packets.cuh"
#endif
