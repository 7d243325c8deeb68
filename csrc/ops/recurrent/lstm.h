// The steps of lstm, forward and backward.
#pragma once

#include "ops/recurrent/sequence.h"

namespace mark1::MARK1_ISA {
namespace {

// Slots of a block are in the order i, f, o, g: one call for the three that have one activation.
constexpr int kLstmGate[] = {0, 1, 3, 2};

// The gates of a block at a step, in the order of slots.
template <class T>
struct LstmGates {
  View<T> view[4];

  LstmGates(const Sequence<T>& s, const Block<T>& b, const void* p, int64_t t) {
    for (int k = 0; k < 4; ++k) view[k] = s.step(b, p, t, kLstmGate[k], 4);
  }
  const View<T>& operator[](int k) const { return view[k]; }
};

template <class T>
struct LstmForward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T* next;  // operand of the next step's product
  int64_t ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 4, s.a.gates);
    if (s.a.y) s.fetch(b, step, 1, s.a.y);
    if (s.a.keep) s.fetch(b, t, 1, s.a.states, s.a.cells);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    alignas(64) T slots[(kBlockVectors + kBlockVectors / 2) * V::width];
    const int64_t n = b.size();
    T *i_ = slots, *f_ = slots + n, *o_ = slots + 2 * n, *g_ = slots + 3 * n;
    T *c_ = slots + 4 * n, *t_ = slots + 5 * n;
    const LstmGates<T> gates(s, b, a.gates, t);
    const bool keep_sigma = a.keep && a.recurrent.over_y, keep_g = a.keep && a.activation.over_y;
    for (int k = 0; k < 4; ++k) {
      const bool keep_z = a.keep && !(k == 3 ? keep_g : keep_sigma);
      const View<T> z = gates[k];
      T* slot = slots + k * n;
      b.each([&](int i, int v, int64_t at, auto lanes) {
        const V sum = z.load(i, v, lanes) + b.product(i, v, kLstmGate[k]);
        sum.store(slot + at);
        if (keep_z) z.store(sum, i, v, lanes);
      });
    }
    apply(a.recurrent, i_, i_, 3 * n);
    apply(a.activation, g_, g_, n);
    const View<T> state = s.state(b, a.c), cells = s.step(b, a.cells, t);
    b.each([&](int row, int v, int64_t at, auto lanes) {
      const V i = V::load(i_ + at), f = V::load(f_ + at), g = V::load(g_ + at);
      const V before = state.load(row, v, lanes), after = fma(f, before, i * g);
      const V c = s.seen(b.row + row, t) ? after : before;
      state.store(c, row, v, lanes);
      c.store(c_ + at);
      if (cells) cells.store(c, row, v, lanes);
      if (keep_sigma) {
        gates[0].store(i, row, v, lanes);
        gates[1].store(f, row, v, lanes);
      }
      if (keep_g) gates[3].store(g, row, v, lanes);
    });
    apply(a.activation, c_, t_, n);
    const Ending<T> end(s, b, t, step, next, ld);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V o = V::load(o_ + at);
      if (keep_sigma) gates[2].store(o, i, v, lanes);
      end(o * V::load(t_ + at), end.h.load(i, v, lanes), i, v, lanes);
    });
  }
};

template <class T>
struct LstmBackward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T* next;
  int64_t ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 4, s.a.gates);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
    // Those of this step were those before the last.
    if (step > 0) s.fetch(b, s.time(step - 1), 1, s.a.cells);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    constexpr int64_t slot = kBackwardSlot * V::width;
    alignas(64) T saved[4 * slot], spare[4 * slot], d[4 * slot];
    alignas(64) T cells[slot], active[slot], dh_[slot], dc_[slot];
    const int64_t n = b.size();
    const LstmGates<T> gates(s, b, a.gates, t);
    const Arrival<T> arrival(s, b, step);
    const View<T> cell = s.step(b, a.cells, t), carry = s.state(b, a.dc0);
    const View<T> before = step > 0 ? s.step(b, a.cells, s.time(step - 1)) : s.state(b, a.c0);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      for (int k = 0; k < 4; ++k) gates[k].load(i, v, lanes).store(saved + k * n + at);
      arrival(i, v, lanes).store(dh_ + at);
      cell.load(i, v, lanes).store(cells + at);
    });
    const T* i_ = Saved<T>(a.recurrent, saved, spare, 3 * n).value;
    const T* g_ = Saved<T>(a.activation, saved + 3 * n, spare + 3 * n, n).value;
    const T *f_ = i_ + n, *o_ = i_ + 2 * n;
    T *di = d, *df = d + n, *d_o = d + 2 * n, *dg = d + 3 * n;
    apply(a.activation, cells, active, n);
    for (int64_t at = 0; at < n; at += V::width) {
      const V dh = V::load(dh_ + at);
      (dh * V::load(active + at)).store(d_o + at);
      (dh * V::load(o_ + at)).store(dc_ + at);
    }
    apply_slope(a.activation, a.activation.over_y ? active : cells, dc_, n);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V later = carry.load(i, v, lanes), dc = later + V::load(dc_ + at);
      (dc * V::load(g_ + at)).store(di + at);
      (dc * (before ? before.load(i, v, lanes) : V(T(0)))).store(df + at);
      (dc * V::load(i_ + at)).store(dg + at);
      carry.store(s.seen(b.row + i, t) ? dc * V::load(f_ + at) : later, i, v, lanes);
    });
    apply_slope(a.recurrent, saved, d, 3 * n);
    apply_slope(a.activation, saved + 3 * n, dg, n);
    for (int k = 0; k < 4; ++k) {
      const View<T> dz = gates[k], operand = s.operand(b, next, ld, kLstmGate[k]);
      const T* from = d + k * n;
      b.each([&](int i, int v, int64_t at, auto lanes) {
        const V x = s.seen(b.row + i, t) ? V::load(from + at) : V(T(0));
        dz.store(x, i, v, lanes);
        operand.store(x, i, v, lanes);
      });
    }
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V past = s.seen(b.row + i, t) ? V(T(0)) : V::load(dh_ + at);
      arrival.direct.store(past, i, v, lanes);
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
