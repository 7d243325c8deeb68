// The steps of gru, whose reset gate works on the finished product, forward and backward.
#pragma once

#include "ops/recurrent/sequence.h"

namespace mark1::MARK1_ISA {
namespace {

template <class T>
struct GruForward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T* next;
  int64_t ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 3, s.a.gates);
    if (s.a.y) s.fetch(b, step, 1, s.a.y);
    if (s.a.keep) s.fetch(b, t, 1, s.a.states, s.a.inner);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    alignas(64) T slots[(kBlockVectors + kBlockVectors / 3) * V::width];
    const int64_t n = b.size();
    T *z_ = slots, *r_ = slots + n, *inner = slots + 2 * n, *n_ = slots + 3 * n;
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      for (int g = 0; g < 3; ++g) {
        V sum = b.product(i, v, g);
        if (a.bias) sum = sum + V::load(s.of_row(a.bias, g, unit), lanes);
        if (g < 2) {
          T* z = s.of_gate(a.gates, b.row + i, t, g, unit);
          sum = V::load(z, lanes) + sum;
          if (a.keep && !a.recurrent.over_y) sum.store(z, lanes);
        } else if (a.keep) {
          sum.store(s.of_step(a.inner, b.row + i, t, unit), lanes);
        }
        sum.store(slots + g * n + at);
      }
    });
    apply(a.recurrent, z_, z_, 2 * n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      T* z = s.of_gate(a.gates, b.row + i, t, 2, unit);
      const V sum = fma(V::load(r_ + at), V::load(inner + at), V::load(z, lanes));
      sum.store(n_ + at);
      if (!a.keep) return;
      if (!a.activation.over_y) sum.store(z, lanes);
      if (!a.recurrent.over_y) return;
      V::load(z_ + at).store(s.of_gate(a.gates, b.row + i, t, 0, unit), lanes);
      V::load(r_ + at).store(s.of_gate(a.gates, b.row + i, t, 1, unit), lanes);
    });
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

// The gates of a block as backward of both kinds of gru begins with them, and what reaches them.
template <class T>
struct GruGates {
  using V = Vec<T>;
  static constexpr int64_t slot = kBackwardSlot * V::width;
  alignas(64) T saved[3 * slot];
  alignas(64) T spare[3 * slot];
  alignas(64) T dh[slot];
  alignas(64) T d[3 * slot];
  const T *z, *r, *fresh;  // as used

  // dh, the gradients of z (in d) and of n (in d + 2 n) before their activations, and `direct`.
  GruGates(const Sequence<T>& s, const Block<T>& b, int64_t t, int64_t step) {
    const RecurrentArgs& a = s.a;
    const int64_t n = b.size();
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      for (int g = 0; g < 3; ++g) {
        V::load(s.of_gate(a.gates, b.row + i, t, g, unit), lanes).store(saved + g * n + at);
      }
      s.arriving(b, i, v, step, unit, lanes).store(dh + at);
    });
    z = Saved<T>(a.recurrent, saved, spare, 2 * n).value;
    r = z + n;
    fresh = Saved<T>(a.activation, saved + 2 * n, spare + 2 * n, n).value;
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V arrived = V::load(dh + at), gate = V::load(z + at);
      const V before = V::load(s.of_step(a.states, row, t, unit), lanes);
      (arrived * (before - V::load(fresh + at))).store(d + at);
      (arrived * (V(1) - gate)).store(d + 2 * n + at);
      (s.seen(row, t) ? arrived * gate : arrived).store(s.of_row(a.dh0, row, unit), lanes);
    });
    apply_slope(a.activation, saved + 2 * n, d + 2 * n, n);
  }
};

template <class T>
struct GruBackward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T* next;
  int64_t ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 3, s.a.gates, s.a.dz, s.a.inner_dz);
    s.fetch(b, t, 1, s.a.states, s.a.inner);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    const int64_t n = b.size();
    GruGates<T> gates(s, b, t, step);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const V inner = V::load(s.of_step(a.inner, b.row + i, t, unit), lanes);
      (V::load(gates.d + 2 * n + at) * inner).store(gates.d + n + at);
    });
    apply_slope(a.recurrent, gates.saved, gates.d, 2 * n);
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const bool seen = s.seen(row, t);
      for (int g = 0; g < 3; ++g) {
        const V dz = seen ? V::load(gates.d + g * n + at) : V(T(0));
        const V inner = seen && g == 2 ? dz * V::load(gates.r + at) : dz;
        dz.store(s.of_gate(a.dz, row, t, g, unit), lanes);
        inner.store(s.of_gate(a.inner_dz, row, t, g, unit), lanes);
        inner.store(next + row * ld + g * s.units + unit, lanes);
      }
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
