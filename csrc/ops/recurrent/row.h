// One row of the batch, step by step: what the definition of recurrent is made of.
#pragma once

#include "ops/recurrent/recurrent.h"

#include "ops/gemm/gemm.h"

#if defined(MARK1_ISA_cuda)
#include "ops/activation/by_index.h"
#endif

namespace mark1::MARK1_ISA {
namespace {

MARK1_DEVICE float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
MARK1_DEVICE double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}

// sum of a[k] b[k * b_step] in the order of gemm: chains of 256, in groups of 64.
template <class T>
MARK1_DEVICE T product_sum(const T* a, const T* b, int64_t b_step, int64_t count) {
  T total = 0, group = 0, chain = 0;
  for (int64_t k = 0; k < count; ++k) {
    chain = fused(a[k], b[k * b_step], chain);
    if ((k + 1) % kGemmChunk != 0 && k + 1 != count) continue;
    group = k % kGemmGroup < kGemmChunk ? chain : group + chain;
    chain = 0;
    if ((k + 1) % kGemmGroup != 0 && k + 1 != count) continue;
    total = k < kGemmGroup ? group : total + group;
  }
  return total;
}

// One row of the batch; scratch memory for 10 numbers per unit.
template <class T, Cell cell>
class Row {
 public:
  static constexpr int gates = cell_gates(cell);
  static constexpr bool lstm = cell == Cell::kLstm, before = cell == Cell::kGruBefore;
  static constexpr bool gru = cell == Cell::kGru || before;

  MARK1_DEVICE Row(const RecurrentArgs& args, int64_t row)
      : a(args), row_(row), n(args.units), width(gates * n), u(typed(args.u)) {
    s_ = typed(a.scratch) + row * 10 * n;
    p_ = s_ + 4 * n;
    d_ = p_ + n;
    k_ = d_ + n;
    h_ = typed(a.h) + row * n;
    c_ = typed(a.c) + row * n;
  }

  MARK1_DEVICE void forward() {
    begin(a.h0, h_);
    if (lstm) begin(a.c0, c_);
    for (int64_t step = 0; step < a.steps; ++step) {
      const int64_t t = time(step);
      if (a.states) copy(h_, of_step(a.states, t));
      for (int64_t j = 0; j < n; ++j) p_[j] = dropped(h_[j], j);
      T* z = of_step(a.gates, t, gates);
      const bool seen = !a.mask || a.mask[row_ * a.steps + t];
      gru ? gru_step(z, t, seen) : lstm ? lstm_step(z, t, seen) : simple_step(z, seen);
      if (a.y) copy(h_, of_step(a.y, step));
    }
  }

  MARK1_DEVICE void backward() {
    T* dh = typed(a.dh0) + row_ * n;
    T* dc = typed(a.dc0) + row_ * n;
    begin(a.dh, dh);
    if (lstm) begin(a.dc, dc);
    for (int64_t step = a.steps - 1; step >= 0; --step) {
      const int64_t t = time(step);
      const bool seen = !a.mask || a.mask[row_ * a.steps + t];
      if (a.dy) {
        for (int64_t j = 0; j < n; ++j) dh[j] = dh[j] + of_step(a.dy, step)[j];
      }
      // Gates as they were kept, and as used; their gradients take the place of the first.
      T* dz = of_step(a.gates, t, gates);
      copy(dz, k_, gates);
      copy(dz, s_, gates);
      if (!a.recurrent.over_y && !(cell == Cell::kSimple)) {
        apply(a.recurrent, s_, 2);
        if (lstm) apply(a.recurrent, s_ + 3 * n, 1);
      }
      if (!a.activation.over_y && (lstm || gru)) apply(a.activation, s_ + 2 * n, 1);
      if (lstm) {
        lstm_back(dz, dh, dc, step, seen);
      } else if (gru) {
        gru_back(dz, dh, t, seen);
      } else {
        copy(dh, dz);
        slope(a.activation, k_, dz, 1);
        if (seen) fill(dh, n);
      }
      if (!seen) fill(dz, width);
      T* towards_u = cell == Cell::kGru ? of_step(a.inner_dz, t, gates) : dz;
      if (cell == Cell::kGru) {
        copy(dz, towards_u, 2);
        for (int64_t j = 0; j < n; ++j) {
          towards_u[2 * n + j] = seen ? dz[2 * n + j] * s_[n + j] : T(0);
        }
      }
      const int64_t terms = before ? 2 * n : width;
      for (int64_t j = 0; j < n; ++j) {
        dh[j] = dh[j] + dropped(product_sum(towards_u, u + j * width, 1, terms), j);
      }
    }
  }

 private:
  static MARK1_DEVICE T* typed(const void* p) { return static_cast<T*>(const_cast<void*>(p)); }
  MARK1_DEVICE int64_t time(int64_t step) const { return a.backwards ? a.steps - 1 - step : step; }
  MARK1_DEVICE T* of_step(const void* p, int64_t t, int64_t parts = 1) const {
    return typed(p) + (row_ * a.steps + t) * parts * n;
  }
  MARK1_DEVICE void copy(const T* from, T* to, int64_t parts = 1) const {
    for (int64_t j = 0; j < parts * n; ++j) to[j] = from[j];
  }
  MARK1_DEVICE void fill(T* to, int64_t count) const {
    for (int64_t j = 0; j < count; ++j) to[j] = 0;
  }
  MARK1_DEVICE void begin(const void* from, T* to) const {
    from ? copy(typed(from) + row_ * n, to) : fill(to, n);
  }
  MARK1_DEVICE T dropped(T h, int64_t j) const {
    return a.dropout ? h * typed(a.dropout)[row_ * n + j] : h;
  }

  MARK1_DEVICE void run(bool backward, const CellActivation& f, const T* saved, T* out,
                        int64_t parts) const {
    ActivationArgs args = {};
    args.saved = saved;
    args.dy = args.out = out;
    args.n = parts * n;
    args.parameters = f.parameters;
#if defined(MARK1_ISA_cuda)
    run_activation<T>(f.index, backward, args);
#else
    (backward ? f.backward : f.forward).run(&args, Team{});
#endif
  }
  MARK1_DEVICE void apply(const CellActivation& f, T* x, int64_t parts) const {
    run(false, f, x, x, parts);
  }
  MARK1_DEVICE void slope(const CellActivation& f, const T* saved, T* dy, int64_t parts) const {
    run(true, f, saved, dy, parts);
  }

  // z of gate g, then its activation: left in `z` as backward wants it, in s_ as it is used.
  MARK1_DEVICE void activate(T* z, int g, const CellActivation& f) const {
    copy(z + g * n, s_ + g * n);
    apply(f, s_ + g * n, 1);
    if (f.over_y) copy(s_ + g * n, z + g * n);
  }
  MARK1_DEVICE T product(int g, int64_t j) const {
    return product_sum(p_, u + g * n + j, width, n);
  }

  MARK1_DEVICE void simple_step(T* z, bool seen) const {
    for (int64_t j = 0; j < n; ++j) z[j] = z[j] + product(0, j);
    activate(z, 0, a.activation);
    if (seen) copy(s_, h_);
  }

  MARK1_DEVICE void lstm_step(T* z, int64_t t, bool seen) const {
    for (int g = 0; g < 4; ++g) {
      for (int64_t j = 0; j < n; ++j) z[g * n + j] = z[g * n + j] + product(g, j);
      activate(z, g, g == 2 ? a.activation : a.recurrent);
    }
    const T *i = s_, *f = s_ + n, *g = s_ + 2 * n, *o = s_ + 3 * n;
    for (int64_t j = 0; j < n && seen; ++j) c_[j] = fused(f[j], c_[j], i[j] * g[j]);
    if (a.cells) copy(c_, of_step(a.cells, t));
    copy(c_, d_);
    apply(a.activation, d_, 1);
    for (int64_t j = 0; j < n && seen; ++j) h_[j] = o[j] * d_[j];
  }

  MARK1_DEVICE void gru_step(T* z, int64_t t, bool seen) const {
    for (int g = 0; g < 2; ++g) {
      for (int64_t j = 0; j < n; ++j) z[g * n + j] = z[g * n + j] + biased(g, j);
      activate(z, g, a.recurrent);
    }
    const T *update = s_, *reset = s_ + n;
    T* fresh = z + 2 * n;
    if (before) {
      for (int64_t j = 0; j < n; ++j) p_[j] = reset[j] * p_[j];
    }
    for (int64_t j = 0; j < n; ++j) {
      const T inner = biased(2, j);
      fresh[j] = before ? fresh[j] + inner : fused(reset[j], inner, fresh[j]);
      if (a.inner) of_step(a.inner, t)[j] = inner;
    }
    activate(z, 2, a.activation);
    for (int64_t j = 0; j < n && seen; ++j) {
      h_[j] = fused(update[j], h_[j], (T(1) - update[j]) * s_[2 * n + j]);
    }
  }
  MARK1_DEVICE T biased(int g, int64_t j) const {
    const T s = product(g, j);
    return a.bias ? s + typed(a.bias)[g * n + j] : s;
  }

  MARK1_DEVICE void lstm_back(T* dz, T* dh, T* dc, int64_t step, bool seen) const {
    const int64_t t = time(step);
    const T *i = s_, *f = s_ + n, *g = s_ + 2 * n, *o = s_ + 3 * n, *c = of_step(a.cells, t);
    T *active = p_, *through = d_;
    copy(c, active);
    apply(a.activation, active, 1);
    for (int64_t j = 0; j < n; ++j) {
      dz[3 * n + j] = dh[j] * active[j];
      through[j] = dh[j] * o[j];
    }
    slope(a.activation, a.activation.over_y ? active : c, through, 1);
    for (int64_t j = 0; j < n; ++j) {
      const T sum = dc[j] + through[j];
      const T c_before = step > 0 ? of_step(a.cells, time(step - 1))[j]
                         : a.c0   ? typed(a.c0)[row_ * n + j]
                                  : T(0);
      dz[j] = sum * g[j];
      dz[n + j] = sum * c_before;
      dz[2 * n + j] = sum * i[j];
      if (!seen) continue;
      dc[j] = sum * f[j];
      dh[j] = 0;
    }
    slope(a.recurrent, k_, dz, 2);
    slope(a.activation, k_ + 2 * n, dz + 2 * n, 1);
    slope(a.recurrent, k_ + 3 * n, dz + 3 * n, 1);
  }

  MARK1_DEVICE void gru_back(T* dz, T* dh, int64_t t, bool seen) const {
    const T *update = s_, *reset = s_ + n, *fresh = s_ + 2 * n, *h = of_step(a.states, t);
    for (int64_t j = 0; j < n; ++j) {
      dz[j] = dh[j] * (h[j] - fresh[j]);
      dz[2 * n + j] = dh[j] * (T(1) - update[j]);
      if (seen) dh[j] = dh[j] * update[j];
    }
    slope(a.activation, k_ + 2 * n, dz + 2 * n, 1);
    // What the second product reads; nothing comes from a masked step.
    if (!seen) fill(d_, n);
    const T* dn = seen ? dz + 2 * n : d_;
    for (int64_t j = 0; j < n; ++j) {
      if (!before) {
        dz[n + j] = dz[2 * n + j] * of_step(a.inner, t)[j];
        continue;
      }
      const T q = product_sum(dn, u + j * width + 2 * n, 1, n), p = dropped(h[j], j);
      dz[n + j] = q * p;
      of_step(a.reset, t)[j] = reset[j] * p;
      if (seen) dh[j] = dh[j] + dropped(q * reset[j], j);
    }
    slope(a.recurrent, k_, dz, 2);
  }

  const RecurrentArgs& a;
  const int64_t row_, n, width;
  const T* u;
  T *s_, *p_, *d_, *k_, *h_, *c_;
};

template <class T, Cell cell>
MARK1_DEVICE void forward_rows(const RecurrentArgs& a, const Team& team) {
  const Range rows = static_range(a.batch, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) Row<T, cell>(a, row).forward();
}

template <class T, Cell cell>
MARK1_DEVICE void backward_rows(const RecurrentArgs& a, const Team& team) {
  const Range rows = static_range(a.batch, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) Row<T, cell>(a, row).backward();
}

inline int64_t row_scratch_bytes(const RecurrentArgs& a, int64_t item) {
  return a.batch * 10 * a.units * item;
}

}  // namespace
}  // namespace mark1::MARK1_ISA
