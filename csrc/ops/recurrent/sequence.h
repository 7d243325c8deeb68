// What the cells share: where the numbers of a step lie, who owns which rows and units, scratch
// memory, activations of a block.
#pragma once

#include "ops/recurrent/product.h"
#include "ops/recurrent/recurrent.h"

namespace mark1::MARK1_ISA {
namespace {

// Numbers per unit that a block of backward works with, in vectors: ten such slots are 20 KB.
constexpr int kBackwardSlot = 32;

inline void apply(const CellActivation& f, const void* x, void* y, int64_t n) {
  ActivationArgs args = {};
  args.saved = x;
  args.out = y;
  args.n = n;
  args.parameters = f.parameters;
  f.forward.run(&args, Team{});
}

// dy f'(saved) in place of dy.
inline void apply_slope(const CellActivation& f, const void* saved, void* dy, int64_t n) {
  ActivationArgs args = {};
  args.saved = saved;
  args.dy = dy;
  args.out = dy;
  args.n = n;
  args.parameters = f.parameters;
  f.backward.run(&args, Team{});
}

// A row of state that products read: rows must not meet in the same cache sets.
template <class T>
inline int64_t state_row(int64_t n) {
  constexpr int64_t line = 64 / sizeof(T);
  return (divide_up(n, line) | 1) * line;
}

template <class T>
struct Sequence {
  using V = Vec<T>;
  const RecurrentArgs& a;
  const int gates;
  const int64_t units, steps;
  Range rows;
  bool meets;   // members read each other's units: they wait for one another in every step
  bool stream;  // inner_dz goes past the caches
  const Team& team;

  Sequence(const RecurrentArgs& args, int gates, const Team& team)
      : a(args), gates(gates), units(args.units), steps(args.steps), team(team) {
    meets = args.split_units && team.size > 1;
    // Lines in whole: a part of one would be merged in memory.
    stream = args.stream && units * static_cast<int64_t>(sizeof(T)) % 64 == 0 &&
             can_stream(typed(args.inner_dz), units);
    rows = meets ? Range{0, args.batch} : static_range(args.batch, 1, team);
  }

  Range panels(const Weights<T>& w) const {
    return meets ? static_range(w.panels(), 1, team) : Range{0, w.panels()};
  }
  void wait() const {
    if (meets) team.barrier();
  }
  int64_t time(int64_t step) const { return a.backwards ? steps - 1 - step : step; }
  bool seen(int64_t row, int64_t t) const { return !a.mask || a.mask[row * steps + t]; }

  // A block in (N, T, parts, H), in (N, H), and in the operand of a product.
  View<T> step(const Block<T>& b, const void* p, int64_t t, int part = 0, int parts = 1) const {
    if (!p) return {nullptr, 0};
    return {typed(p) + ((b.row * steps + t) * parts + part) * units + b.unit,
            steps * parts * units};
  }
  View<T> state(const Block<T>& b, const void* p) const {
    if (!p) return {nullptr, 0};
    return {typed(p) + b.row * units + b.unit, units};
  }
  View<T> operand(const Block<T>& b, T* p, int64_t ld, int part = 0) const {
    return {p + b.row * ld + part * units + b.unit, ld};
  }
  T* of_row(const void* p, int64_t row, int64_t unit) const {
    return typed(p) + row * units + unit;
  }
  static T* typed(const void* p) { return static_cast<T*>(const_cast<void*>(p)); }

  // Asks for what a step reads and writes in arrays (N, T, parts, H).
  template <class... Arrays>
  void fetch(const Block<T>& b, int64_t t, int parts, Arrays... arrays) const {
    for (int part = 0; part < parts; ++part) {
      for (int i = 0; i < b.rows; ++i) {
        for (int v = 0; v < b.vectors; ++v) {
          const int64_t row = (b.row + i) * steps + t;
          const int64_t at = (row * parts + part) * units + b.unit + v * V::width;
          (__builtin_prefetch(typed(arrays) + at, 1), ...);
        }
      }
    }
  }

  // to = from, or zeros, for this member's rows and units.
  void begin(const void* from, void* to, Range units_) const {
    if (!to) return;
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      for (int64_t j = units_.begin; j < units_.end; ++j) {
        *of_row(to, row, j) = from ? *of_row(from, row, j) : T(0);
      }
    }
  }
  Range own_units(const Weights<T>& w) const {
    const Range p = panels(w);
    return {smaller(w.first(p.begin), units), smaller(w.first(p.end), units)};
  }

  // What is left of the scratch memory, cut piece by piece.
  T* cut(char*& scratch, int64_t elements) const {
    T* piece = reinterpret_cast<T*>(scratch);
    scratch += round_up(elements * static_cast<int64_t>(sizeof(T)), 64);
    return piece;
  }
};

// The end of a step forward: h of a block to wherever it goes; masked rows keep theirs.
template <class T>
struct Ending {
  using V = Vec<T>;
  const Sequence<T>& s;
  const int64_t row, t;
  const View<T> h, states, y, dropout, next;

  Ending(const Sequence<T>& s, const Block<T>& b, int64_t t, int64_t step, T* next, int64_t ld)
      : s(s),
        row(b.row),
        t(t),
        h(s.state(b, s.a.h)),
        states(s.step(b, s.a.states, t)),
        y(s.step(b, s.a.y, step)),
        dropout(s.state(b, s.a.dropout)),
        next(s.operand(b, next, ld)) {}

  template <class Lanes>
  void operator()(V now, V before, int i, int v, Lanes lanes) const {
    if (states) states.store(before, i, v, lanes);
    if (!s.seen(row + i, t)) now = before;
    h.store(now, i, v, lanes);
    if (y) y.store(now, i, v, lanes);
    next.store(dropout ? now * dropout.load(i, v, lanes) : now, i, v, lanes);
  }
};

// The beginning of a step backward: what arrives at h from later steps and from y.
template <class T>
struct Arrival {
  using V = Vec<T>;
  const Block<T>& b;
  const View<T> direct, dropout, dy;

  Arrival(const Sequence<T>& s, const Block<T>& b, int64_t step)
      : b(b),
        direct(s.state(b, s.a.dh0)),
        dropout(s.state(b, s.a.dropout)),
        dy(s.step(b, s.a.dy, step)) {}

  template <class Lanes>
  V operator()(int i, int v, Lanes lanes) const {
    V dh = direct.load(i, v, lanes);
    if (b.z) {
      const V product = b.product(i, v);
      dh = dh + (dropout ? product * dropout.load(i, v, lanes) : product);
    }
    return dy ? dh + dy.load(i, v, lanes) : dh;
  }
};

// Gates in a slot each as backward finds them: saved, and as they were used.
template <class T>
struct Saved {
  T* saved;
  T* value;

  Saved(const CellActivation& f, T* saved, T* spare, int64_t n) : saved(saved), value(saved) {
    if (f.over_y) return;
    apply(f, saved, spare, n);
    value = spare;
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
