// The loops of where over bits: no element is interpreted. Compilers vectorise them.
#pragma once

#include "ops/where/where.h"

namespace mark1 {
namespace MARK1_ISA {

extern const WhereKernels where_kernels;

namespace {

template <int kXStep, int kYStep, class T>
MARK1_DEVICE void choose(const uint8_t* __restrict__ condition, const T* __restrict__ x,
                         const T* __restrict__ y, T* __restrict__ out, int64_t n) {
  // Both are read in any case, so that a vector can.
  for (int64_t i = 0; i < n; ++i) {
    const T a = x[i * kXStep], b = y[i * kYStep];
    out[i] = condition[i] != 0 ? a : b;
  }
}

template <class T>
MARK1_DEVICE void where(const WhereArgs& args, const Team& team) {
  const Range range = static_range(args.n, 64, team);
  const uint8_t* condition = args.condition + range.begin * args.condition_step;
  const T* x = static_cast<const T*>(args.x) + range.begin * args.x_step;
  const T* y = static_cast<const T*>(args.y) + range.begin * args.y_step;
  T* out = static_cast<T*>(args.out) + range.begin;
  const int64_t n = range.end - range.begin;
  if (args.condition_step == 0) {
    const T* from = *args.condition ? x : y;
    const int64_t step = *args.condition ? args.x_step : args.y_step;
    for (int64_t i = 0; i < n; ++i) out[i] = from[i * step];
  } else if (args.x_step != 0 && args.y_step != 0) {
    choose<1, 1>(condition, x, y, out, n);
  } else if (args.x_step != 0) {
    choose<1, 0>(condition, x, y, out, n);
  } else if (args.y_step != 0) {
    choose<0, 1>(condition, x, y, out, n);
  } else {
    choose<0, 0>(condition, x, y, out, n);
  }
}

}  // namespace

const WhereKernels where_kernels = {{
    make_kernel<WhereArgs, &where<uint8_t>>(),
    make_kernel<WhereArgs, &where<uint32_t>>(),
    make_kernel<WhereArgs, &where<uint64_t>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
