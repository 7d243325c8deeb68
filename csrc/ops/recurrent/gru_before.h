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
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      for (int g = 0; g < 2; ++g) {
        T* z = s.of_gate(a.gates, b.row + i, t, g, unit);
        const V sum = V::load(z, lanes) + b.product(i, v, g);
        sum.store(slots + g * n + at);
        if (!a.recurrent.over_y) sum.store(z, lanes);
      }
    });
    apply(a.recurrent, slots, slots, 2 * n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V r = V::load(slots + n + at), h = V::load(s.of_row(a.h, row, unit), lanes);
      (r * s.dropped(h, row, unit, lanes)).store(reset + row * ld + unit, lanes);
      if (!a.recurrent.over_y) return;
      for (int g = 0; g < 2; ++g) {
        V::load(slots + g * n + at).store(s.of_gate(a.gates, row, t, g, unit), lanes);
      }
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
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      V::load(s.of_gate(a.gates, b.row + i, t, 0, unit), lanes).store(z_ + at);
      T* to = s.of_gate(a.gates, b.row + i, t, 2, unit);
      const V sum = V::load(to, lanes) + b.product(i, v);
      sum.store(n_ + at);
      if (a.keep && !a.activation.over_y) sum.store(to, lanes);
    });
    if (!a.recurrent.over_y) apply(a.recurrent, z_, z_, n);
    apply(a.activation, n_, n_, n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V z = V::load(z_ + at), fresh = V::load(n_ + at);
      if (a.keep && a.activation.over_y) {
        fresh.store(s.of_gate(a.gates, row, t, 2, unit), lanes);
      }
      const V before = V::load(s.of_row(a.h, row, unit), lanes);
      s.finish(row, t, step, unit, lanes, next + row * ld, fma(z, before, (V(1) - z) * fresh));
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
    s.fetch(b, t, 3, s.a.gates, s.a.dz);
    s.fetch(b, t, 1, s.a.states);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    const int64_t n = b.size();
    GruGates<T> gates(s, b, t, step);
    apply_slope(a.recurrent, gates.saved, gates.d, n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const bool seen = s.seen(row, t);
      const V dz = seen ? V::load(gates.d + at) : V(T(0));
      const V dn = seen ? V::load(gates.d + 2 * n + at) : V(T(0));
      dz.store(s.of_gate(a.dz, row, t, 0, unit), lanes);
      dz.store(next + row * ld + unit, lanes);
      dn.store(s.of_gate(a.dz, row, t, 2, unit), lanes);
      dn.store(fresh + row * fresh_ld + unit, lanes);
    });
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
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      V::load(s.of_gate(a.gates, b.row + i, t, 1, unit), lanes).store(saved + at);
    });
    const T* r_ = Saved<T>(a.recurrent, saved, spare, n).value;
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V h = V::load(s.of_step(a.states, row, t, unit), lanes);
      const V p = s.dropped(h, row, unit, lanes), r = V::load(r_ + at), q = b.product(i, v);
      (q * p).store(d + at);
      (r * p).store(s.of_step(a.reset, row, t, unit), lanes);
      if (!s.seen(row, t)) return;
      T* direct = s.of_row(a.dh0, row, unit);
      (V::load(direct, lanes) + s.dropped(q * r, row, unit, lanes)).store(direct, lanes);
    });
    apply_slope(a.recurrent, saved, d, n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V dz = s.seen(row, t) ? V::load(d + at) : V(T(0));
      dz.store(s.of_gate(a.dz, row, t, 1, unit), lanes);
      dz.store(next + row * ld + s.units + unit, lanes);
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
