// The loops of accuracy; compilers vectorise them for each instruction set.
#pragma once

#include "ops/accuracy/accuracy.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AccuracyKernels accuracy_kernels;

namespace {

// In a type that holds labels and classes alike; float32 labels need a double for that.
template <class Label, class Common>
MARK1_DEVICE void index_matches(const IndexMatchesArgs& args, const Team& team) {
  const auto* labels = static_cast<const Label*>(args.labels);
  const Range range = static_range(args.n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    const bool right = static_cast<Common>(labels[i]) == static_cast<Common>(args.classes[i]);
    args.out[i] = right ? 1.0f : 0.0f;
  }
}

template <class T>
MARK1_DEVICE void binary_matches(const BinaryMatchesArgs& args, const Team& team) {
  const auto* y_true = static_cast<const T*>(args.y_true);
  const auto* y_pred = static_cast<const T*>(args.y_pred);
  const T threshold = static_cast<T>(args.threshold);
  const Range range = static_range(args.n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    const T predicted = y_pred[i] > threshold ? T(1) : T(0);
    args.out[i] = predicted == y_true[i] ? 1.0f : 0.0f;
  }
}

template <class Label, class Common>
constexpr Kernel<IndexMatchesArgs> index_kernel() {
  return make_kernel<IndexMatchesArgs, &index_matches<Label, Common>>();
}

}  // namespace

const AccuracyKernels accuracy_kernels = {
    .index_matches = {index_kernel<int32_t, int32_t>(), index_kernel<int64_t, int64_t>(),
                      index_kernel<float, double>(), index_kernel<double, double>()},
    .binary_matches = {make_kernel<BinaryMatchesArgs, &binary_matches<float>>(),
                       make_kernel<BinaryMatchesArgs, &binary_matches<double>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1
