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
    T *z_ = slots, *r_ = slots + n, *inner_ = slots + 2 * n, *n_ = slots + 3 * n;
    const bool keep_sigma = a.keep && a.recurrent.over_y, keep_n = a.keep && a.activation.over_y;
    const bool keep_z = a.keep && !a.recurrent.over_y, keep_nz = a.keep && !a.activation.over_y;
    for (int g = 0; g < 3; ++g) {
      // The third gate's sum of the state is kept; of the others only what they become.
      const View<T> z = g < 2 ? s.step(b, a.gates, t, g, 3) : s.step(b, a.inner, t);
      const T* bias = a.bias ? s.of_row(a.bias, g, b.unit) : nullptr;
      T* slot = slots + g * n;
      b.each([&](int i, int v, int64_t at, auto lanes) {
        V sum = b.product(i, v, g);
        if (bias) sum = sum + V::load(bias + v * V::width, lanes);
        if (g < 2) sum = z.load(i, v, lanes) + sum;
        if (g < 2 ? keep_z : a.keep) z.store(sum, i, v, lanes);
        sum.store(slot + at);
      });
    }
    apply(a.recurrent, z_, z_, 2 * n);
    const View<T> update = s.step(b, a.gates, t, 0, 3), reset = s.step(b, a.gates, t, 1, 3);
    const View<T> fresh = s.step(b, a.gates, t, 2, 3);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V r = V::load(r_ + at);
      const V sum = fma(r, V::load(inner_ + at), fresh.load(i, v, lanes));
      sum.store(n_ + at);
      if (keep_nz) fresh.store(sum, i, v, lanes);
      if (keep_sigma) reset.store(r, i, v, lanes);
    });
    apply(a.activation, n_, n_, n);
    const Ending<T> end(s, b, t, step, next, ld);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V z = V::load(z_ + at), made = V::load(n_ + at), before = end.h.load(i, v, lanes);
      if (keep_sigma) update.store(z, i, v, lanes);
      if (keep_n) fresh.store(made, i, v, lanes);
      end(fma(z, before, (V(1) - z) * made), before, i, v, lanes);
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
  alignas(64) T d[3 * slot];
  const T *z, *r;  // as used

  // dh, the gradients of z (in d) and of n (in d + 2 n) before their activations, and `direct`.
  GruGates(const Sequence<T>& s, const Block<T>& b, int64_t t, int64_t step) {
    const RecurrentArgs& a = s.a;
    const int64_t n = b.size();
    const Arrival<T> arrival(s, b, step);
    const View<T> states = s.step(b, a.states, t);
    for (int g = 0; g < 3; ++g) {
      const View<T> gate = s.step(b, a.gates, t, g, 3);
      b.each([&](int i, int v, int64_t at, auto lanes) {
        gate.load(i, v, lanes).store(saved + g * n + at);
      });
    }
    z = Saved<T>(a.recurrent, saved, spare, 2 * n).value;
    r = z + n;
    const T* made = Saved<T>(a.activation, saved + 2 * n, spare + 2 * n, n).value;
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V dh = arrival(i, v, lanes), gate = V::load(z + at);
      (dh * (states.load(i, v, lanes) - V::load(made + at))).store(d + at);
      (dh * (V(1) - gate)).store(d + 2 * n + at);
      arrival.direct.store(s.seen(b.row + i, t) ? dh * gate : dh, i, v, lanes);
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
    s.fetch(b, t, 3, s.a.gates);
    if (!s.stream) s.fetch(b, t, 3, s.a.inner_dz);
    s.fetch(b, t, 1, s.a.states, s.a.inner);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    const int64_t n = b.size();
    GruGates<T> gates(s, b, t, step);
    const View<T> inner = s.step(b, a.inner, t);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      (V::load(gates.d + 2 * n + at) * inner.load(i, v, lanes)).store(gates.d + n + at);
    });
    apply_slope(a.recurrent, gates.saved, gates.d, 2 * n);
    for (int g = 0; g < 3; ++g) {
      const View<T> dz = s.step(b, a.gates, t, g, 3), towards = s.step(b, a.inner_dz, t, g, 3);
      const View<T> operand = s.operand(b, next, ld, g);
      b.each([&](int i, int v, int64_t at, auto lanes) {
        const bool seen = s.seen(b.row + i, t);
        const V d = seen ? V::load(gates.d + g * n + at) : V(T(0));
        const V du = seen && g == 2 ? d * V::load(gates.r + at) : d;
        dz.store(d, i, v, lanes);
        towards.put(du, i, v, lanes, s.stream);
        operand.store(du, i, v, lanes);
      });
    }
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
