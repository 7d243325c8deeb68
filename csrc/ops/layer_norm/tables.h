// The table of layer_norm's kernels.
#pragma once

#include "ops/layer_norm/rows.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T, RowNorm kind>
constexpr Kernel<LayerNormArgs> forward_kernel() {
  return make_kernel<LayerNormArgs, &forward<T, kind>>();
}
template <class T, RowNorm kind>
constexpr Kernel<LayerNormArgs> backward_kernel() {
  return make_meeting_kernel<LayerNormArgs, &backward<T, kind>>();
}

#define MARK1_BOTH(kernel, kind) {kernel<float, RowNorm::kind>(), kernel<double, RowNorm::kind>()}

constexpr LayerNormKernels make_layer_norm_kernels() {
  return {
      {MARK1_BOTH(forward_kernel, kLayer), MARK1_BOTH(forward_kernel, kRms),
       MARK1_BOTH(forward_kernel, kUnit)},
      {MARK1_BOTH(backward_kernel, kLayer), MARK1_BOTH(backward_kernel, kRms),
       MARK1_BOTH(backward_kernel, kUnit)},
  };
}

#undef MARK1_BOTH

}  // namespace

const LayerNormKernels layer_norm_kernels = make_layer_norm_kernels();

}  // namespace MARK1_ISA
}  // namespace mark1
