// The table of softmax's kernels.
#pragma once

#include "ops/softmax/narrow.h"
#include "ops/softmax/rows.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
void softmax_rows(const SoftmaxArgs& args, const Team& team) {
  if (narrow<T>(args.n)) return narrow_softmax<T>(args, team);
  each_row<T, &softmax_row<T>>(args, team);
}

template <class T, void (*function)(const RowOf<T>&)>
constexpr Kernel<SoftmaxArgs> row_kernel() {
  return make_kernel<SoftmaxArgs, &each_row<T, function>>();
}

constexpr SoftmaxKernels make_softmax_kernels() {
  return {
      {make_kernel<SoftmaxArgs, &softmax_rows<float>>(),
       make_kernel<SoftmaxArgs, &softmax_rows<double>>()},
      {row_kernel<float, &log_softmax_row<float>>(),
       row_kernel<double, &log_softmax_row<double>>()},
      {row_kernel<float, &softmax_backward_row<float>>(),
       row_kernel<double, &softmax_backward_row<double>>()},
      {row_kernel<float, &log_softmax_backward_row<float>>(),
       row_kernel<double, &log_softmax_backward_row<double>>()},
  };
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
