// The steps of lstm, forward and backward.
#pragma once

#include "ops/recurrent/sequence.h"

namespace mark1::MARK1_ISA {
namespace {

// Slots of a block are in the order i, f, o, g: one call for the three that have one activation.
constexpr int kLstmGate[] = {0, 1, 3, 2};

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
    T *sigma = slots, *i_ = slots, *f_ = slots + n, *o_ = slots + 2 * n, *g_ = slots + 3 * n;
    T *c_ = slots + 4 * n, *t_ = slots + 5 * n;
    const auto keep_gates = [&](int k, const T* slot) {
      b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
        V::load(slot + at).store(s.of_gate(a.gates, b.row + i, t, kLstmGate[k], unit), lanes);
      });
    };
    for (int k = 0; k < 4; ++k) {
      b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
        const T* z = s.of_gate(a.gates, b.row + i, t, kLstmGate[k], unit);
        (V::load(z, lanes) + b.product(i, v, kLstmGate[k])).store(slots + k * n + at);
      });
      if (a.keep && !(k == 3 ? a.activation : a.recurrent).over_y) keep_gates(k, slots + k * n);
    }
    apply(a.recurrent, sigma, sigma, 3 * n);
    apply(a.activation, g_, g_, n);
    for (int k = 0; k < 4 && a.keep; ++k) {
      if ((k == 3 ? a.activation : a.recurrent).over_y) keep_gates(k, slots + k * n);
    }
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      T* c = s.of_row(a.c, b.row + i, unit);
      const V before = V::load(c, lanes);
      const V after = fma(V::load(f_ + at), before, V::load(i_ + at) * V::load(g_ + at));
      const V now = s.seen(b.row + i, t) ? after : before;
      now.store(c, lanes);
      now.store(c_ + at);
      if (a.cells) now.store(s.of_step(a.cells, b.row + i, t, unit), lanes);
    });
    apply(a.activation, c_, t_, n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      s.finish(row, t, step, unit, lanes, next + row * ld, V::load(o_ + at) * V::load(t_ + at));
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
    s.fetch(b, t, 4, s.a.gates, s.a.dz);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
    // Those of this step were those before the last.
    if (step > 0) s.fetch(b, s.time(step - 1), 1, s.a.cells);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    constexpr int64_t slot = kBackwardSlot * V::width;
    alignas(64) T gates[4 * slot], spare[4 * slot], dgates[4 * slot];
    alignas(64) T cells[slot], active[slot], dh_[slot], dc_[slot];
    const int64_t n = b.size();
    for (int k = 0; k < 4; ++k) {
      b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
        V::load(s.of_gate(a.gates, b.row + i, t, kLstmGate[k], unit), lanes)
            .store(gates + k * n + at);
      });
    }
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      s.arriving(b, i, v, step, unit, lanes).store(dh_ + at);
      V::load(s.of_step(a.cells, b.row + i, t, unit), lanes).store(cells + at);
    });
    const T* sigma = Saved<T>(a.recurrent, gates, spare, 3 * n).value;
    const T* g_ = Saved<T>(a.activation, gates + 3 * n, spare + 3 * n, n).value;
    const T *i_ = sigma, *f_ = sigma + n, *o_ = sigma + 2 * n;
    apply(a.activation, cells, active, n);
    T *di = dgates, *df = dgates + n, *d_o = dgates + 2 * n, *dg = dgates + 3 * n;
    b.each([&](int, int, int64_t at, int64_t, int) {
      const V dh = V::load(dh_ + at);
      (dh * V::load(active + at)).store(d_o + at);
      (dh * V::load(o_ + at)).store(dc_ + at);
    });
    apply_slope(a.activation, a.activation.over_y ? active : cells, dc_, n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      T* carry = s.of_row(a.dc0, row, unit);
      const V before = V::load(carry, lanes);
      const V dc = before + V::load(dc_ + at);
      (dc * V::load(g_ + at)).store(di + at);
      (dc * s.cell_before(row, step, unit, lanes)).store(df + at);
      (dc * V::load(i_ + at)).store(dg + at);
      (s.seen(row, t) ? dc * V::load(f_ + at) : before).store(carry, lanes);
    });
    apply_slope(a.recurrent, gates, dgates, 3 * n);
    apply_slope(a.activation, gates + 3 * n, dg, n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const bool seen = s.seen(row, t);
      for (int k = 0; k < 4; ++k) {
        const V dz = seen ? V::load(dgates + k * n + at) : V(T(0));
        dz.store(s.of_gate(a.dz, row, t, kLstmGate[k], unit), lanes);
        dz.store(next + row * ld + kLstmGate[k] * s.units + unit, lanes);
      }
      (seen ? V(T(0)) : V::load(dh_ + at)).store(s.of_row(a.dh0, row, unit), lanes);
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
