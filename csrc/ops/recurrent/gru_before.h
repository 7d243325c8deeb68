// The steps of gru_before, whose reset gate works on the state: a second product waits for it.
#pragma once

#include "ops/recurrent/gru.h"

namespace mark1::MARK1_ISA {
namespace {

// z and r, and the operand of the second product.
template <class T>
struct GruReset {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t;
  T* reset;
  int64_t ld;

  void fetch(const Block<T>& b) const { s.fetch(b, t, 3, s.a.gates); }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    alignas(64) T slots[kBlockVectors * V::width];
    const int64_t n = b.size();
    const View<T> gates[] = {s.step(b, a.gates, t, 0, 3), s.step(b, a.gates, t, 1, 3)};
    for (int g = 0; g < 2; ++g) {
      b.each([&](int i, int v, int64_t at, auto lanes) {
        const V sum = gates[g].load(i, v, lanes) + b.product(i, v, g);
        sum.store(slots + g * n + at);
        if (!a.recurrent.over_y) gates[g].store(sum, i, v, lanes);
      });
    }
    apply(a.recurrent, slots, slots, 2 * n);
    const View<T> h = s.state(b, a.h), dropout = s.state(b, a.dropout);
    const View<T> operand = s.operand(b, reset, ld);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V z = V::load(slots + at), r = V::load(slots + n + at), state = h.load(i, v, lanes);
      const V p = dropout ? state * dropout.load(i, v, lanes) : state;
      operand.store(r * p, i, v, lanes);
      if (!a.recurrent.over_y) return;
      gates[0].store(z, i, v, lanes);
      gates[1].store(r, i, v, lanes);
    });
  }
};

template <class T>
struct GruFresh {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T* next;
  int64_t ld;

  void fetch(const Block<T>& b) const {
    if (s.a.y) s.fetch(b, step, 1, s.a.y);
    if (s.a.keep) s.fetch(b, t, 1, s.a.states);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    alignas(64) T z_[kBlockVectors * V::width];
    alignas(64) T n_[kBlockVectors * V::width];
    const int64_t n = b.size();
    const View<T> update = s.step(b, a.gates, t, 0, 3), fresh = s.step(b, a.gates, t, 2, 3);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      update.load(i, v, lanes).store(z_ + at);
      const V sum = fresh.load(i, v, lanes) + b.product(i, v);
      sum.store(n_ + at);
      if (a.keep && !a.activation.over_y) fresh.store(sum, i, v, lanes);
    });
    if (!a.recurrent.over_y) apply(a.recurrent, z_, z_, n);
    apply(a.activation, n_, n_, n);
    const Ending<T> end(s, b, t, step, next, ld);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V z = V::load(z_ + at), made = V::load(n_ + at), before = end.h.load(i, v, lanes);
      if (a.keep && a.activation.over_y) fresh.store(made, i, v, lanes);
      end(fma(z, before, (V(1) - z) * made), before, i, v, lanes);
    });
  }
};

// Everything but r, which waits for a product with what this leaves in `fresh`.
template <class T>
struct GruFreshBackward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T *next, *fresh;
  int64_t ld, fresh_ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 3, s.a.gates);
    s.fetch(b, t, 1, s.a.states);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    const int64_t n = b.size();
    GruGates<T> gates(s, b, t, step);
    apply_slope(a.recurrent, gates.saved, gates.d, n);
    for (int g = 0; g < 3; g += 2) {
      const View<T> dz = s.step(b, a.gates, t, g, 3);
      const View<T> operand = g == 0 ? s.operand(b, next, ld) : s.operand(b, fresh, fresh_ld);
      b.each([&](int i, int v, int64_t at, auto lanes) {
        const V d = s.seen(b.row + i, t) ? V::load(gates.d + g * n + at) : V(T(0));
        dz.store(d, i, v, lanes);
        operand.store(d, i, v, lanes);
      });
    }
  }
};

template <class T>
struct GruResetBackward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t;
  T* next;
  int64_t ld;

  void fetch(const Block<T>& b) const { s.fetch(b, t, 1, s.a.reset); }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    constexpr int64_t slot = kBackwardSlot * V::width;
    alignas(64) T saved[slot], spare[slot], d[slot];
    const int64_t n = b.size();
    const View<T> gate = s.step(b, a.gates, t, 1, 3), states = s.step(b, a.states, t);
    const View<T> reset = s.step(b, a.reset, t), direct = s.state(b, a.dh0);
    const View<T> dropout = s.state(b, a.dropout);
    const View<T> operand = s.operand(b, next, ld, 1);
    b.each([&](int i, int v, int64_t at, auto lanes) { gate.load(i, v, lanes).store(saved + at); });
    const T* r_ = Saved<T>(a.recurrent, saved, spare, n).value;
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V factor = dropout ? dropout.load(i, v, lanes) : V(T(1));
      const V h = states.load(i, v, lanes), p = dropout ? h * factor : h;
      const V r = V::load(r_ + at), q = b.product(i, v);
      (q * p).store(d + at);
      reset.store(r * p, i, v, lanes);
      if (!s.seen(b.row + i, t)) return;
      const V past = dropout ? q * r * factor : q * r;
      direct.store(direct.load(i, v, lanes) + past, i, v, lanes);
    });
    apply_slope(a.recurrent, saved, d, n);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V x = s.seen(b.row + i, t) ? V::load(d + at) : V(T(0));
      gate.store(x, i, v, lanes);
      operand.store(x, i, v, lanes);
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
