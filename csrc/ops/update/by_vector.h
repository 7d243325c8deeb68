// A step by the vector; by_element.h says what it computes and what a Rule is.
#pragma once

#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// The slots of a formula, `count` elements from i on.
template <class T, int n>
struct Slots {
  T* memory[n > 0 ? n : 1];

  explicit Slots(const Segment& row) {
    for (int k = 0; k < n; ++k) memory[k] = static_cast<T*>(row.slots[k]);
  }
  void load(Vec<T>* s, int64_t i, int count) const {
#pragma GCC unroll 4
    for (int k = 0; k < n; ++k) s[k] = Vec<T>::load(memory[k] + i, count);
  }
  void store(const Vec<T>* s, int64_t i, int count) const {
#pragma GCC unroll 4
    for (int k = 0; k < n; ++k) s[k].store(memory[k] + i, count);
  }
};

template <class Rule>
void update_plain(const typename Rule::Args& args, const Team& team) {
  const UpdateArgs& common = args.update;
  const typename Rule::Numbers numbers(args, *common.iterations + 1);
  walk_segments(common.rows, common.count, team, [&](const Segment& row, Range range, auto zero) {
    using T = decltype(zero);
    const typename Rule::template Formula<T> formula(args, numbers);
    const Slots<T, Rule::slots> slots(row);
    T* value = static_cast<T*>(row.value);
    const T* gradient = static_cast<const T*>(row.gradient);
    for_each_vector<T>(range, [=](int64_t i, int count) {
      Vec<T> p = Vec<T>::load(value + i, count);
      Vec<T> s[Rule::slots + 1];
      slots.load(s, i, count);
      formula(Vec<T>::load(gradient + i, count), p, s);
      p.store(value + i, count);
      slots.store(s, i, count);
    });
  });
}

template <class Rule>
void update_with_options(const typename Rule::Args& args, const Team& team) {
  const UpdateArgs& common = args.update;
  const Step step(common);
  if (step.skips) return;
  const typename Rule::Numbers numbers(args, step.number);
  walk_segments(common.rows, common.count, team, [&](const Segment& row, Range range, auto zero) {
    using T = decltype(zero);
    const typename Rule::template Formula<T> formula(args, numbers);
    const Options<T> options(common, step, row);
    const Slots<T, Rule::slots> slots(row);
    T* value = static_cast<T*>(row.value);
    const T* gradient = static_cast<const T*>(row.gradient);
    T* accumulator = options.accumulates ? static_cast<T*>(row.slots[common.accumulator]) : nullptr;
    T* average = options.averages ? static_cast<T*>(row.slots[common.average]) : nullptr;
    for_each_vector<T>(range, [=](int64_t i, int count) {
      Vec<T> p = Vec<T>::load(value + i, count);
      Vec<T> g(T(0));
      if (gradient) {
        const Vec<T> sum = accumulator ? Vec<T>::load(accumulator + i, count) : Vec<T>(T(0));
        g = options.gathered(Vec<T>::load(gradient + i, count), sum);
        if (accumulator) (options.updates ? Vec<T>(T(0)) : g).store(accumulator + i, count);
      }
      if (options.updates) {
        p = options.decayed(p);
        Vec<T> s[Rule::slots + 1];
        slots.load(s, i, count);
        formula(options.clipped(g), p, s);
        slots.store(s, i, count);
      }
      if (average) {
        const Vec<T> e = options.averaged(Vec<T>::load(average + i, count), p);
        e.store(average + i, count);
        if (options.overwrites) p = e;
      }
      p.store(value + i, count);
    });
  });
}

template <class Rule>
constexpr UpdatePair<typename Rule::Args> kernels_of() {
  using Args = typename Rule::Args;
  return {{make_kernel<Args, &update_plain<Rule>>(), make_kernel<Args, &count_step<Rule, false>>()},
          {make_kernel<Args, &update_with_options<Rule>>(),
           make_kernel<Args, &count_step<Rule, true>>()}};
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
