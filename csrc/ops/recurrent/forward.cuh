// Steps of recurrent layers on a device, forward: the formulas of row.h with a thread for each pair
// of a row and a unit.
#pragma once

#include "ops/recurrent/share.cuh"

namespace mark1::cuda {
namespace {

template <class T, Cell cell>
struct Forward {
  static constexpr bool alone = false;
  using Args = ShareArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    Forward(args, block).run_steps();
  }

 private:
  static constexpr int gates = cell_gates(cell);
  static constexpr bool lstm = cell == Cell::kLstm, before = cell == Cell::kGruBefore;
  static constexpr bool gru = cell == Cell::kGru || before;
  // Slots: gates of the step, then these.
  static constexpr int kSeen = gates, kH = gates + 1, kC = gates + 2, kFactor = gates + 3;
  static constexpr int kBias = gates + 4;
  static_assert(kBias + (gru ? gates : 0) <= kForwardSlots);

  MARK1_DEVICE Forward(const Args& args, const gpu::Block& block)
      : a(args.layer),
        plan(args.plan),
        f_(args.activation),
        r_(args.recurrent),
        share(args, block) {}

  MARK1_DEVICE void run_steps() {
    share.load_weights(gates, false);
    share.each([&](int i, int row, int, int64_t n, int64_t j) {
      const Pair<T> at = {a, n, j};
      const T h = a.h0 ? at.state(a.h0) : T(0);
      share.slot(kH, i) = h;
      if (lstm) share.slot(kC, i) = a.c0 ? at.state(a.c0) : T(0);
      share.slot(kFactor, i) = at.factor();
      for (int g = 0; g < gates && a.bias; ++g) {
        share.slot(kBias + g, i) = Pair<T>::typed(a.bias)[g * a.units + j];
      }
      share.next_operand(plan.product[0], j, row) = dropped(h, i);
    });
    share.meet([&] { fetch(0); });
    for (int64_t step = 0; step < a.steps; ++step) {
      const int64_t t = time_of(a, step);
#pragma unroll 1  // the product is there once: as a function it would have few registers
      for (int p = 0; p < (before ? 2 : 1); ++p) {
        share.multiply(plan.product[p], columns());
        if (!before || p > 0) continue;
        reset(t);
        share.meet([] {});
      }
      const bool last = step + 1 == a.steps;
      share.each([&](int i, int row, int unit, int64_t n, int64_t j) {
        const Pair<T> at = {a, n, j};
        const T old = share.slot(kH, i);
        const bool seen = share.slot(kSeen, i) != 0;
        T made = lstm  ? lstm_step(at, i, row, unit, t, seen)
                 : gru ? gru_step(at, i, row, unit, t)
                       : simple_step(at, i, row, unit, t);
        const T h = seen ? made : old;
        if (!last) share.next_operand(plan.product[0], j, row) = dropped(h, i);
        share.slot(kH, i) = h;
        if (a.states) at.of_step(a.states, t) = old;
        if (a.y) at.of_step(a.y, step) = h;
        if (last) at.state(a.h) = h;
        if (lstm && last) at.state(a.c) = share.slot(kC, i);
      });
      if (!last) share.meet([&] { fetch(step + 1); });
    }
  }

  // What a step reads besides states.
  MARK1_DEVICE void fetch(int64_t step) {
    const int64_t t = time_of(a, step);
    share.each([&](int i, int, int, int64_t n, int64_t j) {
      const Pair<T> at = {a, n, j};
#pragma unroll
      for (int g = 0; g < gates; ++g) share.slot(g, i) = at.of_step(a.gates, t, g, gates);
      share.slot(kSeen, i) = at.seen(t) ? T(1) : T(0);
    });
  }

  MARK1_DEVICE int columns() const { return gates * plan.units; }
  MARK1_DEVICE T dropped(T h, int i) const { return a.dropout ? h * share.slot(kFactor, i) : h; }
  MARK1_DEVICE T product(int row, int unit, int gate) const {
    const bool second = before && gate == 2;
    return share.sum(plan.product[second], row, (second ? 0 : gate) * plan.units + unit);
  }

  // The activation of gates whose arguments are z; keeps of the two what backward wants.
  template <int n>
  MARK1_DEVICE Several<T, n> activate(const Pair<T>& at, int64_t t, const int (&g)[n],
                                      Several<T, n> z, const KnownActivation& f) const {
    const Several<T, n> y = activated<T, n>(f, z);
#pragma unroll
    for (int i = 0; i < n && a.keep; ++i) {
      at.of_step(a.gates, t, g[i], gates) = f.over_y ? y.at[i] : z.at[i];
    }
    return y;
  }
  MARK1_DEVICE T activate(const Pair<T>& at, int64_t t, int g, T z,
                          const KnownActivation& f) const {
    return activate<1>(at, t, {g}, {{z}}, f).at[0];
  }

  MARK1_DEVICE T simple_step(const Pair<T>& at, int i, int row, int unit, int64_t t) const {
    return activate(at, t, 0, share.slot(0, i) + product(row, unit, 0), f_);
  }

  MARK1_DEVICE T lstm_step(const Pair<T>& at, int i, int row, int unit, int64_t t,
                           bool seen) const {
    const auto z = [&](int g) { return share.slot(g, i) + product(row, unit, g); };
    const auto y = activate<3>(at, t, {0, 1, 3}, {{z(0), z(1), z(3)}}, r_);
    const T in = y.at[0], forget = y.at[1], out = y.at[2], fresh = activate(at, t, 2, z(2), f_);
    T c = share.slot(kC, i);
    if (seen) c = fused(forget, c, in * fresh);
    share.slot(kC, i) = c;
    if (a.cells) at.of_step(a.cells, t) = c;
    return out * activated(f_, c);
  }

  MARK1_DEVICE T biased(int i, int row, int unit, int g) const {
    const T s = product(row, unit, g);
    return a.bias ? s + share.slot(kBias + g, i) : s;
  }
  // The first two gates.
  MARK1_DEVICE Several<T, 2> two_gates(const Pair<T>& at, int i, int row, int unit,
                                       int64_t t) const {
    const auto z = [&](int g) { return share.slot(g, i) + biased(i, row, unit, g); };
    return activate<2>(at, t, {0, 1}, {{z(0), z(1)}}, r_);
  }
  // gru_before: these, and the operand of the product for the third.
  MARK1_DEVICE void reset(int64_t t) {
    share.each([&](int i, int row, int unit, int64_t n, int64_t j) {
      const auto y = two_gates({a, n, j}, i, row, unit, t);
      share.slot(0, i) = y.at[0];
      share.next_operand(plan.product[1], j, row) = y.at[1] * dropped(share.slot(kH, i), i);
    });
  }
  MARK1_DEVICE T gru_step(const Pair<T>& at, int i, int row, int unit, int64_t t) const {
    Several<T, 2> y = {{share.slot(0, i), T(0)}};
    if (!before) y = two_gates(at, i, row, unit, t);
    const T inner = biased(i, row, unit, 2), z = share.slot(2, i);
    if (a.inner) at.of_step(a.inner, t) = inner;
    const T fresh = activate(at, t, 2, before ? z + inner : fused(y.at[1], inner, z), f_);
    return fused(y.at[0], share.slot(kH, i), (T(1) - y.at[0]) * fresh);
  }

  const RecurrentArgs& a;
  const Plan& plan;
  const KnownActivation &f_, &r_;
  Share<T> share;
};

}  // namespace
}  // namespace mark1::cuda
