// The loop of full; compilers vectorise it for each instruction set.
#pragma once

#include "ops/fill/fill.h"

namespace mark1 {
namespace MARK1_ISA {

extern const FillKernels fill_kernels;

namespace {

template <class T>
MARK1_DEVICE void fill(const FillArgs& args, const Team& team) {
  auto* out = static_cast<T*>(args.out);
  const T value = static_cast<T>(args.pattern);
  const Range range = static_range(args.n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) out[i] = value;
}

}  // namespace

const FillKernels fill_kernels = {{
    make_kernel<FillArgs, &fill<uint8_t>>(),
    make_kernel<FillArgs, &fill<uint32_t>>(),
    make_kernel<FillArgs, &fill<uint64_t>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
