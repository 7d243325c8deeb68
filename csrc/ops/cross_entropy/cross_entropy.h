// cross_entropy: losses of classification and their gradients.
//
// Rows (rows, n); m, s, p as in softmax:
//   sparse        loss_r = log(s) - (x_l - m), l the row's label      dx_j = dy (p_j - [j = l])
//   dense         loss_r = sum_j t_j (log(s) - (x_j - m))             dx_j = dy (p_j T - t_j)
// with T = sum_j t_j. Forward leaves (m, s, T) per row in `stats` for backward. From probabilities
// x, with S = sum_j x_j, q_j = x_j / S and "inside" meaning 1e-7 <= q <= 1 - 1e-7 (q is clipped
// there; sparse: t_j = [j = l]):
//   loss_r = -sum_j t_j log(clip(q_j))     dx_j = dy (U / S - [inside] t_j / x_j)
// with U = sum of t_k over q_k inside, which forward leaves in stats as (S, U, 0).
// Element by element:
//   binary from logits         max(x, 0) + log1p(exp(-|x|)) - x t     dx = dy (sigmoid(x) - t)
//   binary from probabilities  -(t log(c) + (1 - t) log(1 - c)), c = clip(x)
//                              dx = dy ((1 - t) / (1 - x) - t / x) inside, else 0
//
// A label outside [0, n) makes its row's loss and gradient NaN; check_labels refuses it before.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

inline constexpr double kProbabilityEpsilon = 1e-7;

struct CrossEntropyArgs {
  const void* target;  // dense: (rows, n); sparse: labels (rows)
  const void* x;       // logits or probabilities (rows, n)
  const void* dy;      // backward: (rows)
  void* stats;         // (rows, 3)
  void* out;           // forward: (rows); backward: (rows, n)
  int64_t rows, n;
  DType label;  // sparse: dtype of target
};

struct BinaryArgs {
  const void* target;
  const void* x;
  const void* dy;
  void* out;
  int64_t n;
};

// Where the first label is that is no class number; -1 if there is none.
struct LabelArgs {
  const void* labels;
  int64_t* wrong;
  int64_t n, classes;
};

enum class From : int { kLogits, kProbabilities };

// First index: From; second: precision.
struct CrossEntropyKernels {
  Kernel<CrossEntropyArgs> sparse[2][2];
  Kernel<CrossEntropyArgs> sparse_backward[2][2];
  Kernel<CrossEntropyArgs> dense[2][2];
  Kernel<CrossEntropyArgs> dense_backward[2][2];
  Kernel<BinaryArgs> binary[2][2];
  Kernel<BinaryArgs> binary_backward[2][2];
  Kernel<LabelArgs> wrong_label[kDTypes];  // null for bool, whose values are 0 and 1
};

// Losses per row and the rows' statistics. Labels: uint8, int32, int64 or floating point.
struct RowLosses {
  Tensor loss, stats;
};
RowLosses sparse_cross_entropy(From from, const Tensor& labels, const Tensor& x);
RowLosses dense_cross_entropy(From from, const Tensor& target, const Tensor& x);
Tensor sparse_cross_entropy_backward(From from, const Tensor& dy, const Tensor& labels,
                                     const Tensor& x, const Tensor& stats);
Tensor dense_cross_entropy_backward(From from, const Tensor& dy, const Tensor& target,
                                    const Tensor& x, const Tensor& stats);
Tensor binary_cross_entropy(From from, const Tensor& target, const Tensor& x);
Tensor binary_cross_entropy_backward(From from, const Tensor& dy, const Tensor& target,
                                     const Tensor& x);

// ValueError naming the first label that is not a whole number in [0, classes), and its position.
void check_labels(const char* op, const Tensor& labels, int64_t classes);

}  // namespace mark1
