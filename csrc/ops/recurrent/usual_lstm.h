// The steps of an lstm of tanh and sigmoid: with formulas that are known here the numbers of a unit
// stay in registers from the product to the state. The same formulas, so the same bits as lstm.h.
#pragma once

#include "ops/activation/activations.h"
#include "ops/recurrent/lstm.h"

namespace mark1::MARK1_ISA {
namespace {

template <class T>
struct UsualLstmForward : LstmForward<T> {
  using V = Vec<T>;

  void operator()(const Block<T>& b) const {
    const Sequence<T>& s = this->s;
    const RecurrentArgs& a = s.a;
    const int64_t t = this->t;
    const LstmGates<T> gates(s, b, a.gates, t);
    const View<T> state = s.state(b, a.c), cells = s.step(b, a.cells, t);
    const Ending<T> end(s, b, t, this->step, this->next, this->ld);
    b.each([&](int row, int v, int64_t, auto lanes) {
      const auto z = [&](int k) {
        return gates[k].load(row, v, lanes) + b.product(row, v, kLstmGate[k]);
      };
      const V i = sigmoid(z(0)), f = sigmoid(z(1)), o = sigmoid(z(2)), g = tanh(z(3));
      const V before = state.load(row, v, lanes), after = fma(f, before, i * g);
      const V c = s.seen(b.row + row, t) ? after : before;
      state.store(c, row, v, lanes);
      if (cells) cells.store(c, row, v, lanes);
      if (a.keep) {
        const V kept[] = {i, f, o, g};
        for (int k = 0; k < 4; ++k) gates[k].store(kept[k], row, v, lanes);
      }
      end(o * tanh(c), end.h.load(row, v, lanes), row, v, lanes);
    });
  }
};

template <class T>
struct UsualLstmBackward : LstmBackward<T> {
  using V = Vec<T>;

  static V by_sigmoid(V dy, V y) { return dy * Sigmoid::slope(y, Parameters<V>{}); }
  static V by_tanh(V dy, V y) { return dy * Tanh::slope(y, Parameters<V>{}); }

  void operator()(const Block<T>& b) const {
    const Sequence<T>& s = this->s;
    const RecurrentArgs& a = s.a;
    const int64_t t = this->t, step = this->step;
    const LstmGates<T> gates(s, b, a.gates, t);
    const Arrival<T> arrival(s, b, step);
    const View<T> cells = s.step(b, a.cells, t), carry = s.state(b, a.dc0);
    const View<T> before = step > 0 ? s.step(b, a.cells, s.time(step - 1)) : s.state(b, a.c0);
    View<T> operand[4];
    for (int k = 0; k < 4; ++k) operand[k] = s.operand(b, this->next, this->ld, kLstmGate[k]);
    b.each([&](int row, int v, int64_t, auto lanes) {
      const bool seen = s.seen(b.row + row, t);
      const V i = gates[0].load(row, v, lanes), f = gates[1].load(row, v, lanes);
      const V o = gates[2].load(row, v, lanes), g = gates[3].load(row, v, lanes);
      const V dh = arrival(row, v, lanes), active = tanh(cells.load(row, v, lanes));
      const V later = carry.load(row, v, lanes), dc = later + by_tanh(dh * o, active);
      const V c = before ? before.load(row, v, lanes) : V(T(0));
      const V dz[] = {by_sigmoid(dc * g, i), by_sigmoid(dc * c, f), by_sigmoid(dh * active, o),
                      by_tanh(dc * i, g)};
      carry.store(seen ? dc * f : later, row, v, lanes);
      arrival.direct.store(seen ? V(T(0)) : dh, row, v, lanes);
      for (int k = 0; k < 4; ++k) {
        const V d = seen ? dz[k] : V(T(0));
        gates[k].store(d, row, v, lanes);
        operand[k].store(d, row, v, lanes);
      }
    });
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
