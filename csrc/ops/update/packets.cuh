// A step on a device, packet by packet; by_element.h says what it computes and what a Rule is.
// Memory bounds it: Adam moves 28 bytes per element, while which an H200 has time for some 190
// instructions. A thread has a packet of every operand on its way.
#pragma once

#include "cuda/packets.h"
#include "ops/update/element.h"
#include "ops/update/rows.cuh"

namespace mark1 {
namespace cuda {
namespace {

template <class Rule, class T, bool with_options>
struct UpdateRows {
  static constexpr bool alone = true;
  static constexpr int wide = gpu::packet_of<T>, share = wide * gpu::kMapThreads;
  struct Args {
    typename Rule::Args rule;
    RowBatch batch;
  };

  // Packets of n elements of all operands of a row, `at` on.
  template <int n>
  struct Operands {
    using Packet = gpu::Packet<T, n>;
    Packet value, gradient, accumulator, average, slots[Rule::slots > 0 ? Rule::slots : 1];
  };

  template <int n>
  static MARK1_DEVICE void step(const Args& args, const Segment& row, int64_t number, int64_t i) {
    using Packet = gpu::Packet<T, n>;
    UpdateArgs common = args.rule.update;
    // The factor of this row is found without the table.
    if (common.factors) common.factors += number * common.factor_stride;
    common.factor_stride = 0;
    const bool accumulates = with_options && common.accumulator >= 0 && row.gradient;
    const bool averages = with_options && common.average >= 0;
    T* value = static_cast<T*>(row.value) + i;
    T* accumulator = accumulates ? static_cast<T*>(row.slots[common.accumulator]) + i : nullptr;
    T* average = averages ? static_cast<T*>(row.slots[common.average]) + i : nullptr;
    Operands<n> x = {};
    x.value = Packet::load(value);
    if (row.gradient) x.gradient = Packet::load(static_cast<const T*>(row.gradient) + i);
    if (accumulates) x.accumulator = Packet::load(accumulator);
    if (averages) x.average = Packet::load(average);
#pragma unroll
    for (int k = 0; k < Rule::slots; ++k) {
      x.slots[k] = Packet::load(static_cast<const T*>(row.slots[k]) + i);
    }
    calculate<n>(args, common, row, x);
    x.value.store(value);
    if (accumulates) x.accumulator.store(accumulator);
    if (averages) x.average.store(average);
#pragma unroll
    for (int k = 0; k < Rule::slots; ++k) x.slots[k].store(static_cast<T*>(row.slots[k]) + i);
  }

  template <int n>
  static MARK1_DEVICE void calculate(const Args& args, const UpdateArgs& common, const Segment& row,
                                     Operands<n>& x) {
    const Step step = with_options ? Step(common) : Step(*common.iterations + 1);
    const typename Rule::Numbers numbers(args.rule, step.number);
    const typename Rule::template Formula<T> formula(args.rule, numbers);
    const Options<T> options(common, step, row);
#pragma unroll
    for (int j = 0; j < n; ++j) {
      Element<T> e;
      e.p = x.value.at[j];
      e.g = x.gradient.at[j];
      e.accumulator = x.accumulator.at[j];
      e.average = x.average.at[j];
#pragma unroll
      for (int k = 0; k < Rule::slots; ++k) e.s[k] = x.slots[k].at[j];
      if constexpr (with_options) {
        step_element(options, formula, e);
      } else {
        formula(e.g, e.p, e.s);
      }
      x.value.at[j] = e.p.v;
      x.accumulator.at[j] = e.accumulator.v;
      x.average.at[j] = e.average.v;
#pragma unroll
      for (int k = 0; k < Rule::slots; ++k) x.slots[k].at[j] = e.s[k].v;
    }
  }

  static MARK1_DEVICE bool fits(const Segment& row) {
    using Packet = gpu::Packet<T, wide>;
    bool all = Packet::fits(static_cast<T*>(row.value)) &&
               Packet::fits(static_cast<const T*>(row.gradient));
    constexpr int slots = with_options ? kMaxSlots : Rule::slots;  // the others are null
#pragma unroll
    for (int k = 0; k < slots; ++k) all = all && Packet::fits(static_cast<T*>(row.slots[k]));
    return all;
  }

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    if (with_options && Step(args.rule.update).skips) return;
    const int found = args.batch.find(block.index());
    const Segment& row = args.batch.rows[found];
    const int64_t number = args.batch.number[found], n = row.end - row.begin;
    const int64_t begin = (block.index() - args.batch.first[found]) * share;
    if (begin + share <= n && fits(row)) {
      return step<wide>(args, row, number, begin + block.thread() * wide);
    }
#pragma unroll 1
    for (int64_t i = begin + block.thread(); i < begin + share && i < n; i += block.threads()) {
      step<1>(args, row, number, i);
    }
  }
};

template <class Rule, class T, bool with_options>
void queue_rows(const typename Rule::Args& args, int precision, void* stream) {
  using Body = UpdateRows<Rule, T, with_options>;
  static_assert(sizeof(typename Body::Args) <= 4096, "what a kernel's arguments may be");
  typename Body::Args batch = {args, {}};
  const UpdateArgs& common = args.update;
  for (int64_t r = 0; r < common.count; ++r) {
    const Segment& row = common.rows[r];
    if (row.precision == precision) {
      batch.batch.add(row, r, (row.end - row.begin + Body::share - 1) / Body::share);
    }
    if (batch.batch.count == kRowsAtOnce || (r + 1 == common.count && batch.batch.count > 0)) {
      gpu::queue<Body>(batch, {batch.batch.parts, gpu::kMapThreads, 0}, stream);
      batch.batch = {};
    }
  }
}

template <class Rule, bool with_options>
void queue_update(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const typename Rule::Args*>(bytes);
  queue_rows<Rule, float, with_options>(args, 0, team.sync);
  queue_rows<Rule, double, with_options>(args, 1, team.sync);
}

template <class Rule>
constexpr UpdatePair<typename Rule::Args> kernels_of() {
  using Args = typename Rule::Args;
  return {{{&queue_update<Rule, false>}, make_kernel<Args, &count_step<Rule, false>>()},
          {{&queue_update<Rule, true>}, make_kernel<Args, &count_step<Rule, true>>()}};
}

}  // namespace
}  // namespace cuda
}  // namespace mark1
