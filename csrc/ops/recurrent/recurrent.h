// recurrent: simple_rnn, lstm and gru over a whole sequence, one launch forward and one backward.
//
//   gates    (N, T, G, H)   in: (x.W) + b of all steps; out: what backward knows the gates by, and
//                           after backward dz, the gradients of z
//   u        (H, G H)       recurrent weights; bias (G H) is added to h.U (gru), or null
//   h0, c0   (N, H)         initial states; null: zeros
//   mask     (N, T)         bool: a step that is false hands its states on; null: none is
//   dropout  (N, H)         factors of h in the product, the same in every step; or null
//   y        (N, T, H)      h of every step in the order in which they are made; or null
//   h, c     (N, H)         the last states
//
// A step, with p = h dropout, s = p.U (+ bias), z = gates + s, f the activation, r the recurrent
// one:
//
//   simple_rnn  h' = f(z)                                                              G = 1
//   lstm        i, f, o = r(z0), r(z1), r(z3), g = f(z2), c' = fma(f, c, i g), h' = o f(c')   4
//   gru         z, r = r(z0), r(z1), n = f(fma(r, s2, gates2)), h' = fma(z, h, (1 - z) n)     3
//   gru_before  the same with n = f(gates2 + (r p).U2): reset before the product              3
//
// Sums of products as in gemm. A gate whose activation knows its slope by y is kept as y, else as
// z.
//
// Backward, with dh = (direct + (dz.U^T) dropout) + dy and direct what reaches h past the product:
//
//   lstm   dc' = dc + (dh o) f'(c), dz = (dc' g) i', (dc' c) f', (dc' i) g', (dh f(c')) o';
//          dc = dc' f, direct = 0
//   gru    dz0 = (dh (h - n)) z', dz2 = (dh (1 - z)) n', dz1 = (dz2 s2) r', direct = dh z;
//          towards U the third is dz2 r
//   gru_before   q = dz2.U2^T, dz1 = (q p) r', direct = dh z + (q r) dropout
//
// A masked step has dz = 0, direct = dh, and keeps dc. Rows never meet, so the bits of a row do not
// depend on its batch. Outputs never alias inputs, `gates` apart: with a memory of its own for dz,
// a training step of many gates would not fit into the third-level cache.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"
#include "ops/activation/activation.h"

namespace mark1 {

enum class Cell : int { kSimple, kLstm, kGru, kGruBefore };
inline constexpr int kCells = 4;
namespace {
constexpr int cell_gates(Cell cell) {
  return cell == Cell::kSimple ? 1 : cell == Cell::kLstm ? 4 : 3;
}
}  // namespace

struct CellActivation {
  Kernel<ActivationArgs> forward;
  Kernel<ActivationArgs> backward;
  ActivationParameters parameters;
  bool over_y;
  int index;  // in the list: devices cannot call kernels from kernels
};

struct RecurrentArgs {
  void* gates;
  const void* u;
  const void* bias;
  const void* h0;
  const void* c0;
  const bool* mask;
  const void* dropout;
  void* y;
  void* h;
  void* c;
  // Kept for backward if asked for; (N, T, H) by time.
  void* states;  // h before the step
  void* cells;   // lstm: c after it
  void* inner;   // gru: s2
  // Backward only.
  const void* dy;  // (N, T, H) or null
  const void* dh;  // (N, H) or null, as dc
  const void* dc;
  void* inner_dz;  // gru: gradient of s, (N, T, G, H), as dz but for the third gate
  void* reset;     // gru_before: r p, (N, T, H)
  void* dh0;
  void* dc0;
  CellActivation activation;
  CellActivation recurrent;
  int64_t batch, steps, units;
  void* scratch;
  bool backwards;    // from the last step to the first
  bool keep;         // forward: leave what backward needs
  bool split_units;  // the team divides the units, not the rows
  bool stream;       // backward: inner_dz leaves the caches anyway
};

struct RecurrentKernels {
  Kernel<RecurrentArgs> forward[kCells][2];
  Kernel<RecurrentArgs> backward[kCells][2];
  // For the activations tanh and sigmoid.
  Kernel<RecurrentArgs> usual_forward[kCells][2];
  Kernel<RecurrentArgs> usual_backward[kCells][2];
  // 64-byte aligned, for the whole team.
  int64_t (*scratch_bytes)(const RecurrentArgs& args, Cell cell, bool backward, int64_t item);
};

// An activation by its place in the list.
struct ActivationChoice {
  int index;
  ActivationParameters parameters;
};

struct RecurrentOptions {
  Cell cell = Cell::kSimple;
  ActivationChoice activation, recurrent;
  bool backwards = false;
};

// Null where there is none.
struct RecurrentInputs {
  const Tensor *u, *bias, *h0, *c0, *mask, *dropout;
};

struct RecurrentOutputs {
  Tensor y, h, c, states, cells, inner;
};

struct RecurrentGradients {
  Tensor inner_dz, reset, dh0, dc0;
};

// Overwrites `gates`, which nobody else may hold.
RecurrentOutputs recurrent(const RecurrentOptions& options, const Tensor& gates,
                           const RecurrentInputs& inputs, bool sequences, bool keep);
// `gates` and `saved` as `recurrent` left them; dy, dh and dc may be null. Overwrites `gates`.
RecurrentGradients recurrent_backward(const RecurrentOptions& options, const Tensor& gates,
                                      const RecurrentInputs& inputs, const RecurrentOutputs& saved,
                                      const Tensor* dy, const Tensor* dh, const Tensor* dc);

}  // namespace mark1
