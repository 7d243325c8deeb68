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
  bool meets;  // members read each other's units: they wait for one another in every step
  const Team& team;

  Sequence(const RecurrentArgs& args, int gates, const Team& team)
      : a(args), gates(gates), units(args.units), steps(args.steps), team(team) {
    meets = args.split_units && team.size > 1;
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

  // Places in (N, T, H), (N, T, G, H) and (N, H).
  T* of_step(const void* p, int64_t row, int64_t t, int64_t unit) const {
    return typed(p) + (row * steps + t) * units + unit;
  }
  T* of_gate(const void* p, int64_t row, int64_t t, int gate, int64_t unit) const {
    return typed(p) + ((row * steps + t) * gates + gate) * units + unit;
  }
  T* of_row(const void* p, int64_t row, int64_t unit) const {
    return typed(p) + row * units + unit;
  }
  static T* typed(const void* p) { return static_cast<T*>(const_cast<void*>(p)); }

  // The factor of dropout applied.
  V dropped(V h, int64_t row, int64_t unit, int lanes) const {
    return a.dropout ? h * V::load(of_row(a.dropout, row, unit), lanes) : h;
  }

  // The end of a step forward for some units of a row: their h, or the one before if it is masked.
  void finish(int64_t row, int64_t t, int64_t step, int64_t unit, int lanes, T* next, V h) const {
    T* state = of_row(a.h, row, unit);
    const V before = V::load(state, lanes);
    if (a.states) before.store(of_step(a.states, row, t, unit), lanes);
    if (!seen(row, t)) h = before;
    h.store(state, lanes);
    if (a.y) h.store(of_step(a.y, row, step, unit), lanes);
    dropped(h, row, unit, lanes).store(next + unit, lanes);
  }

  // The beginning of a step backward: what arrives at h from later steps and from y.
  V arriving(const Block<T>& b, int i, int v, int64_t step, int64_t unit, int lanes) const {
    const int64_t row = b.row + i;
    V dh = V::load(of_row(a.dh0, row, unit), lanes);
    if (b.z) dh = dh + dropped(b.product(i, v), row, unit, lanes);
    return a.dy ? dh + V::load(of_step(a.dy, row, step, unit), lanes) : dh;
  }
  // lstm: c before the step.
  V cell_before(int64_t row, int64_t step, int64_t unit, int lanes) const {
    if (step > 0) return V::load(of_step(a.cells, row, time(step - 1), unit), lanes);
    return a.c0 ? V::load(of_row(a.c0, row, unit), lanes) : V(T(0));
  }

  // Asks for what a step reads and writes in arrays (N, T, parts, H).
  template <class... Arrays>
  void fetch(const Block<T>& b, int64_t t, int parts, Arrays... arrays) const {
    for (int i = 0; i < b.rows; ++i) {
      for (int k = 0; k < parts * b.vectors; ++k) {
        const int64_t unit = k / parts * V::width + b.unit;
        const int64_t at = ((b.row + i) * steps + t) * parts * units + k % parts * units + unit;
        (__builtin_prefetch(typed(arrays) + at, 1), ...);
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
