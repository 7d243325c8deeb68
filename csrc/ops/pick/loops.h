// The loops of pick and place.
#pragma once

#include "ops/pick/pick.h"

namespace mark1 {
namespace MARK1_ISA {

extern const PickKernels pick_kernels;

namespace {

template <class T>
MARK1_DEVICE void pick(const PickArgs& args, const Team& team) {
  const Range rows = static_range(args.rows, 16, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    static_cast<T*>(args.out)[r] = static_cast<const T*>(args.x)[r * args.n + args.index[r]];
  }
}

template <class T>
MARK1_DEVICE void place(const PickArgs& args, const Team& team) {
  auto* out = static_cast<T*>(args.out);
  const Range rows = static_range(args.rows, 16, team);
  for (int64_t i = rows.begin * args.n; i < rows.end * args.n; ++i) out[i] = 0;
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    out[r * args.n + args.index[r]] = static_cast<const T*>(args.x)[r];
  }
}

}  // namespace

const PickKernels pick_kernels = {
    .pick = {make_kernel<PickArgs, &pick<float>>(), make_kernel<PickArgs, &pick<double>>()},
    .place = {make_kernel<PickArgs, &place<float>>(), make_kernel<PickArgs, &place<double>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1
