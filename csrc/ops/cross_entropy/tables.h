// Binary cross-entropy, and the table of all kernels of the op.
#pragma once

#include "math/sigmoid.h"
#include "math/softplus.h"
#include "ops/cross_entropy/narrow.h"
#include "ops/cross_entropy/rows.h"

#if defined(MARK1_ISA_cuda)
#include "ops/cross_entropy/labels.cuh"
#include "ops/cross_entropy/some_rows.cuh"
#else
#include "ops/cross_entropy/labels.h"
#endif

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct BinaryLogits {
  template <class V>
  static MARK1_DEVICE V loss(V t, V x) {
    return softplus(x) - x * t;
  }
  template <class V>
  static MARK1_DEVICE V slope(V t, V x) {
    return sigmoid(x) - t;
  }
};

struct BinaryProbabilities {
  template <class V>
  static MARK1_DEVICE V loss(V t, V x) {
    const V c = clipped(x);
    return -(t * log(c) + (V(1) - t) * log(V(1) - c));
  }
  template <class V>
  static MARK1_DEVICE V slope(V t, V x) {
    return select(inside(x), (V(1) - t) / (V(1) - x) - t / x, V(0));
  }
};

template <class T, class Formula>
MARK1_DEVICE void binary(const BinaryArgs& args, const Team& team) {
  const T* t = static_cast<const T*>(args.target);
  const T* x = static_cast<const T*>(args.x);
  T* out = static_cast<T*>(args.out);
  for_each_vector<T>(static_range(args.n, 64, team), [=](int64_t i, int count) {
    Formula::loss(Vec<T>::load(t + i, count), Vec<T>::load(x + i, count)).store(out + i, count);
  });
}

template <class T, class Formula>
MARK1_DEVICE void binary_backward(const BinaryArgs& args, const Team& team) {
  const T* t = static_cast<const T*>(args.target);
  const T* x = static_cast<const T*>(args.x);
  const T* dy = static_cast<const T*>(args.dy);
  T* out = static_cast<T*>(args.out);
  for_each_vector<T>(static_range(args.n, 64, team), [=](int64_t i, int count) {
    const Vec<T> slope = Formula::slope(Vec<T>::load(t + i, count), Vec<T>::load(x + i, count));
    (Vec<T>::load(dy + i, count) * slope).store(out + i, count);
  });
}

#if !defined(MARK1_ISA_cuda)
// `function` applies the formula, or does the same in another way.
template <class T, class Formula, void (*function)(const CrossEntropyArgs&, const Team&)>
constexpr Kernel<CrossEntropyArgs> row_kernel() {
  return make_kernel<CrossEntropyArgs, function>();
}
#endif

template <class T, class Loss>
constexpr Kernel<CrossEntropyArgs> loss_kernel() {
  return row_kernel<T, Loss, &losses<T, Loss>>();
}

template <class T, class Backward>
constexpr Kernel<CrossEntropyArgs> gradient_kernel() {
  return row_kernel<T, Backward, &gradients<T, Backward>>();
}

template <class T, class Formula>
constexpr Kernel<BinaryArgs> binary_kernel() {
  return make_kernel<BinaryArgs, &binary<T, Formula>>();
}

template <class T, class Formula>
constexpr Kernel<BinaryArgs> binary_backward_kernel() {
  return make_kernel<BinaryArgs, &binary_backward<T, Formula>>();
}

// Class numbers and logits, the usual case, have a kernel of their own for few classes.
template <class T>
MARK1_DEVICE void sparse_logits_losses(const CrossEntropyArgs& args, const Team& team) {
  if (narrow<T>(args.n)) return narrow_losses<T>(args, team);
  losses<T, SparseLogits>(args, team);
}

template <class T>
MARK1_DEVICE void sparse_logits_gradients(const CrossEntropyArgs& args, const Team& team) {
  if (narrow<T>(args.n)) return narrow_gradients<T>(args, team);
  gradients<T, LogitsBackward<false>>(args, team);
}

// Each is {float32, float64}.
#define MARK1_SPARSE(function, Formula) \
  {row_kernel<float, Formula, &function<float>>(), row_kernel<double, Formula, &function<double>>()}
#define MARK1_LOSS(Loss) {loss_kernel<float, Loss>(), loss_kernel<double, Loss>()}
#define MARK1_GRADIENT(Backward) \
  {gradient_kernel<float, Backward>(), gradient_kernel<double, Backward>()}
#define MARK1_BINARY(make, Formula) {make<float, Formula>(), make<double, Formula>()}

constexpr CrossEntropyKernels make_cross_entropy_kernels() {
  return {
      {MARK1_SPARSE(sparse_logits_losses, SparseLogits), MARK1_LOSS(SparseProbabilities)},
      {MARK1_SPARSE(sparse_logits_gradients, LogitsBackward<false>),
       MARK1_GRADIENT(ProbabilitiesBackward<false>)},
      {MARK1_LOSS(DenseLogits), MARK1_LOSS(DenseProbabilities)},
      {MARK1_GRADIENT(LogitsBackward<true>), MARK1_GRADIENT(ProbabilitiesBackward<true>)},
      {MARK1_BINARY(binary_kernel, BinaryLogits), MARK1_BINARY(binary_kernel, BinaryProbabilities)},
      {MARK1_BINARY(binary_backward_kernel, BinaryLogits),
       MARK1_BINARY(binary_backward_kernel, BinaryProbabilities)},
      {{nullptr},
       label_kernel<uint8_t>(),
       label_kernel<int32_t>(),
       label_kernel<int64_t>(),
       label_kernel<float>(),
       label_kernel<double>()},
  };
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
