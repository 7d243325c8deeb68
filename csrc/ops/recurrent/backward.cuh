// Steps of recurrent layers on a device, backward: the formulas of row.h with a thread for each
// pair of a row and a unit.
#pragma once

#include "ops/recurrent/share.cuh"

namespace mark1::cuda {
namespace {

template <class T, Cell cell>
struct Backward {
  static constexpr bool alone = false;
  using Args = ShareArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    Backward(args, block).run_steps();
  }

 private:
  static constexpr int gates = cell_gates(cell);
  static constexpr bool lstm = cell == Cell::kLstm, before = cell == Cell::kGruBefore;
  static constexpr bool gru = cell == Cell::kGru || before;
  // Slots: gates of the step as they were kept, then these. The last two: lstm the cells after and
  // before the step, gru the state before it and what `inner` has.
  static constexpr int kSeen = gates, kDh = gates + 1, kDc = gates + 2, kFactor = gates + 3;
  static constexpr int kDy = gates + 4, kState = gates + 5, kOther = gates + 6;
  static_assert(kOther < kBackwardSlots);

  MARK1_DEVICE Backward(const Args& args, const gpu::Block& block)
      : a(args.layer),
        plan(args.plan),
        f_(args.activation),
        r_(args.recurrent),
        share(args, block),
        last(args.plan.products - 1) {}

  MARK1_DEVICE void run_steps() {
    share.load_weights(gates, true);
    share.each([&](int i, int, int, int64_t n, int64_t j) {
      const Pair<T> at = {a, n, j};
      share.slot(kDh, i) = a.dh ? at.state(a.dh) : T(0);
      if (lstm) share.slot(kDc, i) = a.dc ? at.state(a.dc) : T(0);
      share.slot(kFactor, i) = at.factor();
    });
    fetch(a.steps - 1);
    for (int64_t step = a.steps - 1; step >= 0; --step) {
      const int64_t t = time_of(a, step);
      share.each([&](int i, int row, int, int64_t n, int64_t j) {
        const Pair<T> at = {a, n, j};
        if (a.dy) share.slot(kDh, i) = share.slot(kDh, i) + share.slot(kDy, i);
        lstm  ? lstm_step(at, i, row, t)
        : gru ? gru_step(at, i, row, t)
              : simple_step(at, i, row, t);
      });
#pragma unroll 1  // the product is there once: as a function it would have few registers
      for (int p = 0; p < (before ? 2 : 1); ++p) {
        if (p > 0) {
          share.each([&](int i, int row, int unit, int64_t n, int64_t j) {
            reset_step({a, n, j}, i, row, unit, t);
          });
        }
        share.meet([&] {
          if (p == last && step > 0) fetch(step - 1);
        });
        share.multiply(plan.product[p], plan.units);
      }
      share.each([&](int i, int row, int unit, int64_t n, int64_t j) {
        const T through = share.sum(plan.product[last], row, unit);
        const T dh = share.slot(kDh, i) + dropped(through, i);
        share.slot(kDh, i) = dh;
        if (step > 0) return;
        const Pair<T> at = {a, n, j};
        at.state(a.dh0) = dh;
        if (lstm) at.state(a.dc0) = share.slot(kDc, i);
      });
    }
  }

  // What a step reads besides gradients of states.
  MARK1_DEVICE void fetch(int64_t step) {
    const int64_t t = time_of(a, step);
    share.each([&](int i, int, int, int64_t n, int64_t j) {
      const Pair<T> at = {a, n, j};
#pragma unroll
      for (int g = 0; g < gates; ++g) share.slot(g, i) = at.of_step(a.gates, t, g, gates);
      share.slot(kSeen, i) = at.seen(t) ? T(1) : T(0);
      if (a.dy) share.slot(kDy, i) = at.of_step(a.dy, step);
      if (gru) share.slot(kState, i) = at.of_step(a.states, t);
      if (cell == Cell::kGru) share.slot(kOther, i) = at.of_step(a.inner, t);
      if (!lstm) return;
      share.slot(kState, i) = at.of_step(a.cells, t);
      share.slot(kOther, i) = step > 0 ? at.of_step(a.cells, time_of(a, step - 1))
                              : a.c0   ? at.state(a.c0)
                                       : T(0);
    });
  }

  MARK1_DEVICE T dropped(T h, int i) const { return a.dropout ? h * share.slot(kFactor, i) : h; }
  MARK1_DEVICE bool seen(int i) const { return share.slot(kSeen, i) != 0; }
  // Gate g as the step used it.
  MARK1_DEVICE T used(int i, int g, const KnownActivation& f) const {
    const T kept = share.slot(g, i);
    return f.over_y ? kept : activated(f, kept);
  }
  // Leaves gradient g of z, and hands on what goes through the product.
  MARK1_DEVICE void leave(const Pair<T>& at, int64_t t, int g, T dz) const {
    at.of_step(a.gates, t, g, gates) = dz;
  }
  MARK1_DEVICE void pass_on(const Pair<T>& at, int row, int g, T du) const {
    share.next_operand(plan.product[last], g * a.units + at.unit, row) = du;
  }

  MARK1_DEVICE void simple_step(const Pair<T>& at, int i, int row, int64_t t) const {
    const T dh = share.slot(kDh, i);
    const T dz = seen(i) ? sloped(f_, share.slot(0, i), dh) : T(0);
    if (seen(i)) share.slot(kDh, i) = 0;
    leave(at, t, 0, dz);
    pass_on(at, row, 0, dz);
  }

  MARK1_DEVICE void lstm_step(const Pair<T>& at, int i, int row, int64_t t) const {
    const T in = used(i, 0, r_), forget = used(i, 1, r_);
    const T fresh = used(i, 2, f_), out = used(i, 3, r_);
    const T dh = share.slot(kDh, i), c = share.slot(kState, i), active = activated(f_, c);
    const T through = sloped(f_, f_.over_y ? active : c, dh * out);
    const T sum = share.slot(kDc, i) + through;
    T d[4] = {sum * fresh, sum * share.slot(kOther, i), sum * in, dh * active};
    if (seen(i)) {
      share.slot(kDc, i) = sum * forget;
      share.slot(kDh, i) = 0;
    }
#pragma unroll
    for (int g = 0; g < 4; ++g) {
      const T dz = sloped(g == 2 ? f_ : r_, share.slot(g, i), d[g]);
      d[g] = seen(i) ? dz : T(0);
      leave(at, t, g, d[g]);
      pass_on(at, row, g, d[g]);
    }
  }

  MARK1_DEVICE void gru_step(const Pair<T>& at, int i, int row, int64_t t) const {
    const T update = used(i, 0, r_), fresh = used(i, 2, f_);
    const T dh = share.slot(kDh, i);
    const T by_update = sloped(r_, share.slot(0, i), dh * (share.slot(kState, i) - fresh));
    const T by_fresh = sloped(f_, share.slot(2, i), dh * (T(1) - update));
    if (seen(i)) share.slot(kDh, i) = dh * update;
    const T dz = seen(i) ? by_update : T(0), dn = seen(i) ? by_fresh : T(0);
    leave(at, t, 0, dz);
    leave(at, t, 2, dn);
    if (before) {
      share.slot(0, i) = dz;
      share.next_operand(plan.product[0], at.unit, row) = dn;
      return;
    }
    const T r = used(i, 1, r_);
    const T by_reset = sloped(r_, share.slot(1, i), by_fresh * share.slot(kOther, i));
    const T dr = seen(i) ? by_reset : T(0), du[3] = {dz, dr, seen(i) ? dn * r : T(0)};
    leave(at, t, 1, dr);
#pragma unroll
    for (int g = 0; g < 3; ++g) {
      at.of_step(a.inner_dz, t, g, 3) = du[g];
      pass_on(at, row, g, du[g]);
    }
  }
  // gru_before: the reset gate, once the product that it was a factor of has its gradient.
  MARK1_DEVICE void reset_step(const Pair<T>& at, int i, int row, int unit, int64_t t) const {
    const T q = share.sum(plan.product[0], row, unit), p = dropped(share.slot(kState, i), i);
    const T r = used(i, 1, r_), by_reset = sloped(r_, share.slot(1, i), q * p);
    const T dr = seen(i) ? by_reset : T(0);
    at.of_step(a.reset, t) = r * p;
    if (seen(i)) share.slot(kDh, i) = share.slot(kDh, i) + dropped(q * r, i);
    leave(at, t, 1, dr);
    pass_on(at, row, 0, share.slot(0, i));
    pass_on(at, row, 1, dr);
  }

  const RecurrentArgs& a;
  const Plan& plan;
  const KnownActivation &f_, &r_;
  Share<T> share;
  const int last;  // of a step's products
};

}  // namespace
}  // namespace mark1::cuda
