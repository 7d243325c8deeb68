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
template <class T, void (*function)(const CrossEntropyArgs&, const Team&), bool dense,
          bool backward>
constexpr Kernel<CrossEntropyArgs> row_kernel() {
  return make_kernel<CrossEntropyArgs, function>();
}
#endif

template <class T, bool kDense, T (*loss)(const LossRow<T>&, int64_t)>
constexpr Kernel<CrossEntropyArgs> loss_kernel() {
  return row_kernel<T, &losses<T, kDense, loss>, kDense, false>();
}

template <class T, bool kDense, void (*backward)(const LossRow<T>&, T, T*, int64_t)>
constexpr Kernel<CrossEntropyArgs> gradient_kernel() {
  return row_kernel<T, &gradients<T, kDense, backward>, kDense, true>();
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
  losses<T, false, &sparse_logits<T>>(args, team);
}

template <class T>
MARK1_DEVICE void sparse_logits_gradients(const CrossEntropyArgs& args, const Team& team) {
  if (narrow<T>(args.n)) return narrow_gradients<T>(args, team);
  gradients<T, false, &logits_backward<T, false>>(args, team);
}

// Each is {float32, float64}.
#define MARK1_SPARSE(function, backward)                   \
  {row_kernel<float, &function<float>, false, backward>(), \
   row_kernel<double, &function<double>, false, backward>()}
#define MARK1_LOSS(dense, loss) \
  {loss_kernel<float, dense, &loss<float>>(), loss_kernel<double, dense, &loss<double>>()}
#define MARK1_GRADIENT(dense, backward)                      \
  {gradient_kernel<float, dense, &backward<float, dense>>(), \
   gradient_kernel<double, dense, &backward<double, dense>>()}
#define MARK1_BINARY(make, Formula) {make<float, Formula>(), make<double, Formula>()}

constexpr CrossEntropyKernels make_cross_entropy_kernels() {
  return {
      {MARK1_SPARSE(sparse_logits_losses, false), MARK1_LOSS(false, sparse_probabilities)},
      {MARK1_SPARSE(sparse_logits_gradients, true), MARK1_GRADIENT(false, probabilities_backward)},
      {MARK1_LOSS(true, dense_logits), MARK1_LOSS(true, dense_probabilities)},
      {MARK1_GRADIENT(true, logits_backward), MARK1_GRADIENT(true, probabilities_backward)},
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
