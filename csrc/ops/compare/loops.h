// The loops of compare; compilers vectorise them for each instruction set.
#pragma once

#include "ops/broadcast/walk.h"
#include "ops/compare/formulas.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CompareKernels compare_kernels;

namespace {

// x and y may be the same; neither is out.
template <class Op, class T, int kXStep, int kYStep>
MARK1_DEVICE void compare_row(const T* __restrict__ x, const T* __restrict__ y,
                              uint8_t* __restrict__ out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = Op::of(x[i * kXStep], y[i * kYStep]);
}

template <class Op, class T>
MARK1_DEVICE void compare(const BroadcastArgs& args, const Team& team) {
  const bool stream = args.stream;
  walk_planes<T, uint8_t>(args, team, [stream](const Plane<T, uint8_t>& p) {
    if (p.count <= 0) return;
    for (int64_t r = 0; r < p.rows; ++r) {
      const T* x = p.x + r * p.x_near;
      const T* y = p.y + r * p.y_near;
      uint8_t* out = p.out + r * p.count;
      if (p.x_step == 0 && p.y_step == 0) {
        const bool holds = Op::of(*x, *y);
        for (int64_t i = 0; i < p.count; ++i) out[i] = holds;
        continue;
      }
      write_blocks(out, p.count, stream, [&](uint8_t* to, int64_t i, int64_t count) {
        const T *a = x + i * p.x_step, *b = y + i * p.y_step;
        if (p.x_step == p.y_step) {
          compare_row<Op, T, 1, 1>(a, b, to, count);
        } else if (p.x_step != 0) {
          compare_row<Op, T, 1, 0>(a, b, to, count);
        } else {
          compare_row<Op, T, 0, 1>(a, b, to, count);
        }
      });
    }
  });
}

template <class Op, class T>
constexpr Kernel<BroadcastArgs> kernel() {
  return make_kernel<BroadcastArgs, &compare<Op, T>>();
}

}  // namespace

const CompareKernels compare_kernels = MARK1_COMPARE_TABLE;

}  // namespace MARK1_ISA
}  // namespace mark1
