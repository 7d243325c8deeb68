// The steps of simple_rnn, forward and backward.
#pragma once

#include "ops/recurrent/sequence.h"

namespace mark1::MARK1_ISA {
namespace {

template <class T>
struct SimpleForward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T* next;  // operand of the next step's product
  int64_t ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 1, s.a.gates);
    if (s.a.y) s.fetch(b, step, 1, s.a.y);
    if (s.a.keep) s.fetch(b, t, 1, s.a.states);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    const bool keep_z = a.keep && !a.activation.over_y, keep_y = a.keep && a.activation.over_y;
    const View<T> z = s.step(b, a.gates, t);
    alignas(64) T h_[kBlockVectors * V::width];
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V sum = z.load(i, v, lanes) + b.product(i, v);
      sum.store(h_ + at);
      if (keep_z) z.store(sum, i, v, lanes);
    });
    apply(a.activation, h_, h_, b.size());
    const Ending<T> end(s, b, t, step, next, ld);
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V h = V::load(h_ + at);
      if (keep_y) z.store(h, i, v, lanes);
      end(h, end.h.load(i, v, lanes), i, v, lanes);
    });
  }
};

template <class T>
struct SimpleBackward {
  using V = Vec<T>;
  const Sequence<T>& s;
  int64_t t, step;
  T* next;
  int64_t ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 1, s.a.gates);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    const View<T> gate = s.step(b, a.gates, t);
    const View<T> operand = s.operand(b, next, ld);
    const Arrival<T> arrival(s, b, step);
    alignas(64) T saved[kBackwardSlot * V::width], dh_[kBackwardSlot * V::width];
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V dh = arrival(i, v, lanes);
      dh.store(dh_ + at);
      gate.load(i, v, lanes).store(saved + at);
      arrival.direct.store(s.seen(b.row + i, t) ? V(T(0)) : dh, i, v, lanes);
    });
    apply_slope(a.activation, saved, dh_, b.size());
    b.each([&](int i, int v, int64_t at, auto lanes) {
      const V dz = s.seen(b.row + i, t) ? V::load(dh_ + at) : V(T(0));
      gate.store(dz, i, v, lanes);
      operand.store(dz, i, v, lanes);
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
