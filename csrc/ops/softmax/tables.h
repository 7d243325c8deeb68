// The table of softmax's kernels.
#pragma once

#include "ops/softmax/narrow.h"
#include "ops/softmax/rows.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
MARK1_DEVICE void softmax_rows(const SoftmaxArgs& args, const Team& team) {
  if (narrow<T>(args.n)) return narrow_softmax<T>(args, team);
  each_row<SoftmaxRows, T>(args, team);
}

template <class Rows, class T>
constexpr Kernel<SoftmaxArgs> row_kernel() {
  return make_kernel<SoftmaxArgs, &each_row<Rows, T>>();
}

constexpr SoftmaxKernels make_softmax_kernels() {
  return {
      {make_kernel<SoftmaxArgs, &softmax_rows<float>>(),
       make_kernel<SoftmaxArgs, &softmax_rows<double>>()},
      {row_kernel<LogSoftmaxRows, float>(), row_kernel<LogSoftmaxRows, double>()},
      {row_kernel<SoftmaxBackwardRows, float>(), row_kernel<SoftmaxBackwardRows, double>()},
      {row_kernel<LogSoftmaxBackwardRows, float>(), row_kernel<LogSoftmaxBackwardRows, double>()},
  };
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
