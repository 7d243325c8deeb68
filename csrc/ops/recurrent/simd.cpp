// recurrent for one instruction set: from step to step without leaving the kernel, the weights
// packed once.
#include "ops/recurrent/gru_before.h"
#include "ops/recurrent/simple_rnn.h"
#include "ops/recurrent/usual_lstm.h"

namespace mark1::MARK1_ISA {
namespace {

// Two copies of what a product reads: of the step before and of this one.
template <class T>
struct States {
  T* copies;
  int64_t ld, elements;

  T* now(int64_t step) const { return copies + step % 2 * elements; }
  T* next(int64_t step) const { return now(step + 1); }
};

template <class T>
States<T> cut_states(const Sequence<T>& s, char*& scratch, int64_t n) {
  const int64_t ld = state_row<T>(n), elements = s.a.batch * ld;
  return {s.cut(scratch, 2 * elements), ld, elements};
}

// Each member packs a share of the panels.
template <class T>
void pack(const Sequence<T>& s, const Weights<T>& w, const T* u, int64_t row, bool transposed) {
  const Range share = static_range(w.panels(), 1, s.team);
  for (int64_t p = share.begin; p < share.end; ++p) {
    transposed ? w.pack_transposed(u, row, p) : w.pack(u, row, p);
  }
}

template <class T>
void begin_forward(const Sequence<T>& s, Range units, const States<T>& states) {
  s.begin(s.a.h0, s.a.h, units);
  s.begin(s.a.c0, s.a.c, units);
  for (int64_t row = s.rows.begin; row < s.rows.end; ++row) {
    for (int64_t j = units.begin; j < units.end; ++j) {
      const T h = *s.of_row(s.a.h, row, j);
      states.now(0)[row * states.ld + j] = s.a.dropout ? h * *s.of_row(s.a.dropout, row, j) : h;
    }
  }
}

// dh0 = direct + product of the first step.
template <class T>
struct FirstState {
  const Sequence<T>& s;

  void fetch(const Block<T>&) const {}
  void operator()(const Block<T>& b) const {
    const View<T> dh0 = s.state(b, s.a.dh0), dropout = s.state(b, s.a.dropout);
    b.each([&](int i, int v, int64_t, auto lanes) {
      const Vec<T> product = b.product(i, v);
      const Vec<T> sum = dropout ? product * dropout.load(i, v, lanes) : product;
      dh0.store(dh0.load(i, v, lanes) + sum, i, v, lanes);
    });
  }
};

template <class T>
void finish_backward(const Sequence<T>& s, const Weights<T>& w, const States<T>& states) {
  for_each_block(w, states.now(0), states.ld, s.rows, s.panels(w), kBackwardSlot, FirstState<T>{s});
}

template <class T, template <class> class Step, int gates>
void forward(const RecurrentArgs& a, const Team& team) {
  const Sequence<T> s(a, gates, team);
  char* scratch = static_cast<char*>(a.scratch);
  const States<T> states = cut_states(s, scratch, s.units);
  Weights<T> w(nullptr, s.units, s.units, gates, a.batch);
  w.data = s.cut(scratch, w.elements());
  pack(s, w, s.typed(a.u), gates * s.units, false);
  begin_forward(s, s.own_units(w), states);
  team.barrier();
  for (int64_t step = 0; step < s.steps; ++step) {
    for_each_block(w, states.now(step), states.ld, s.rows, s.panels(w), kBlockVectors,
                   Step<T>{s, s.time(step), step, states.next(step), states.ld});
    s.wait();
  }
}

template <class T, template <class> class Step, int gates>
void backward(const RecurrentArgs& a, const Team& team) {
  const Sequence<T> s(a, gates, team);
  char* scratch = static_cast<char*>(a.scratch);
  const States<T> states = cut_states(s, scratch, gates * s.units);
  Weights<T> w(nullptr, gates * s.units, s.units, 1, a.batch);
  w.data = s.cut(scratch, w.elements());
  pack(s, w, s.typed(a.u), gates * s.units, true);
  s.begin(a.dh, a.dh0, s.own_units(w));
  s.begin(a.dc, a.dc0, s.own_units(w));
  team.barrier();
  for (int64_t step = s.steps - 1; step >= 0; --step) {
    const T* later = step == s.steps - 1 ? nullptr : states.next(step);
    for_each_block(w, later, states.ld, s.rows, s.panels(w), kBackwardSlot,
                   Step<T>{s, s.time(step), step, states.now(step), states.ld});
    s.wait();
  }
  finish_backward(s, w, states);
  end_stream(s.stream);
}

template <class T>
void forward_before(const RecurrentArgs& a, const Team& team) {
  const Sequence<T> s(a, 3, team);
  char* scratch = static_cast<char*>(a.scratch);
  const States<T> states = cut_states(s, scratch, s.units);
  T* reset = s.cut(scratch, states.elements);
  Weights<T> w(nullptr, s.units, s.units, 2, a.batch), fresh(nullptr, s.units, s.units, 1, a.batch);
  w.data = s.cut(scratch, w.elements());
  fresh.data = s.cut(scratch, fresh.elements());
  pack(s, w, s.typed(a.u), 3 * s.units, false);
  pack(s, fresh, s.typed(a.u) + 2 * s.units, 3 * s.units, false);
  begin_forward(s, s.own_units(fresh), states);
  team.barrier();
  for (int64_t step = 0; step < s.steps; ++step) {
    const int64_t t = s.time(step);
    for_each_block(w, states.now(step), states.ld, s.rows, s.panels(w), kBlockVectors,
                   GruReset<T>{s, t, reset, states.ld});
    s.wait();
    for_each_block(fresh, reset, states.ld, s.rows, s.panels(fresh), kBlockVectors,
                   GruFresh<T>{s, t, step, states.next(step), states.ld});
    s.wait();
  }
}

template <class T>
void backward_before(const RecurrentArgs& a, const Team& team) {
  const Sequence<T> s(a, 3, team);
  char* scratch = static_cast<char*>(a.scratch);
  const States<T> states = cut_states(s, scratch, 2 * s.units);
  const int64_t fresh_ld = state_row<T>(s.units);
  T* dn = s.cut(scratch, a.batch * fresh_ld);
  Weights<T> w(nullptr, 2 * s.units, s.units, 1, a.batch);
  Weights<T> fresh(nullptr, s.units, s.units, 1, a.batch);
  w.data = s.cut(scratch, w.elements());
  fresh.data = s.cut(scratch, fresh.elements());
  pack(s, w, s.typed(a.u), 3 * s.units, true);
  pack(s, fresh, s.typed(a.u) + 2 * s.units, 3 * s.units, true);
  s.begin(a.dh, a.dh0, s.own_units(w));
  team.barrier();
  for (int64_t step = s.steps - 1; step >= 0; --step) {
    const int64_t t = s.time(step);
    const T* later = step == s.steps - 1 ? nullptr : states.next(step);
    for_each_block(w, later, states.ld, s.rows, s.panels(w), kBackwardSlot,
                   GruFreshBackward<T>{s, t, step, states.now(step), dn, states.ld, fresh_ld});
    s.wait();
    for_each_block(fresh, dn, fresh_ld, s.rows, s.panels(fresh), kBackwardSlot,
                   GruResetBackward<T>{s, t, states.now(step), states.ld});
    s.wait();
  }
  finish_backward(s, w, states);
}

int64_t scratch_bytes(const RecurrentArgs& a, Cell cell, bool backward, int64_t item) {
  // Rows and panels are rounded up to whole cache lines, pieces too.
  const int64_t gates = cell_gates(cell);
  const auto wide = [&](int64_t n) { return round_up(n, 16) + 32; };
  const int64_t operand = wide((backward ? gates : 1) * a.units);
  const int64_t states = a.batch * (2 * operand + wide(a.units));
  return (states + gates * a.units * wide(a.units)) * item + 1024;
}

#define MARK1_PAIR(f, ...)                                             \
  {make_kernel<RecurrentArgs, &f<float __VA_OPT__(, ) __VA_ARGS__>>(), \
   make_kernel<RecurrentArgs, &f<double __VA_OPT__(, ) __VA_ARGS__>>()}

}  // namespace

extern const RecurrentKernels recurrent_kernels;
const RecurrentKernels recurrent_kernels = {
    {MARK1_PAIR(forward, SimpleForward, 1), MARK1_PAIR(forward, LstmForward, 4),
     MARK1_PAIR(forward, GruForward, 3), MARK1_PAIR(forward_before)},
    {MARK1_PAIR(backward, SimpleBackward, 1), MARK1_PAIR(backward, LstmBackward, 4),
     MARK1_PAIR(backward, GruBackward, 3), MARK1_PAIR(backward_before)},
    {MARK1_PAIR(forward, SimpleForward, 1), MARK1_PAIR(forward, UsualLstmForward, 4),
     MARK1_PAIR(forward, GruForward, 3), MARK1_PAIR(forward_before)},
    {MARK1_PAIR(backward, SimpleBackward, 1), MARK1_PAIR(backward, UsualLstmBackward, 4),
     MARK1_PAIR(backward, GruBackward, 3), MARK1_PAIR(backward_before)},
    &scratch_bytes,
};

}  // namespace mark1::MARK1_ISA
