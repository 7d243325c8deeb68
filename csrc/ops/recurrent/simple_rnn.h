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
  T* next;
  int64_t ld;

  void fetch(const Block<T>& b) const {
    s.fetch(b, t, 1, s.a.gates);
    if (s.a.y) s.fetch(b, step, 1, s.a.y);
    if (s.a.keep) s.fetch(b, t, 1, s.a.states);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    const bool keep_z = a.keep && !a.activation.over_y, keep_y = a.keep && a.activation.over_y;
    alignas(64) T h_[kBlockVectors * V::width];
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      T* z = s.of_gate(a.gates, b.row + i, t, 0, unit);
      const V sum = V::load(z, lanes) + b.product(i, v);
      sum.store(h_ + at);
      if (keep_z) sum.store(z, lanes);
    });
    apply(a.activation, h_, h_, b.size());
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V h = V::load(h_ + at);
      if (keep_y) h.store(s.of_gate(a.gates, row, t, 0, unit), lanes);
      s.finish(row, t, step, unit, lanes, next + row * ld, h);
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
    s.fetch(b, t, 1, s.a.gates, s.a.dz);
    if (s.a.dy) s.fetch(b, step, 1, s.a.dy);
  }
  void operator()(const Block<T>& b) const {
    const RecurrentArgs& a = s.a;
    alignas(64) T saved[kBackwardSlot * V::width], dh_[kBackwardSlot * V::width];
    b.each([&](int i, int v, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V dh = s.arriving(b, i, v, step, unit, lanes);
      dh.store(dh_ + at);
      V::load(s.of_gate(a.gates, row, t, 0, unit), lanes).store(saved + at);
      (s.seen(row, t) ? V(T(0)) : dh).store(s.of_row(a.dh0, row, unit), lanes);
    });
    apply_slope(a.activation, saved, dh_, b.size());
    b.each([&](int i, int, int64_t at, int64_t unit, int lanes) {
      const int64_t row = b.row + i;
      const V dz = s.seen(row, t) ? V::load(dh_ + at) : V(T(0));
      dz.store(s.of_gate(a.dz, row, t, 0, unit), lanes);
      dz.store(next + row * ld + unit, lanes);
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
