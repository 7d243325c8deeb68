// The loops of take_along and add_along; compilers vectorise them for each instruction set.
#pragma once

#include "ops/along/along.h"
#include "simd/indices.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AlongKernels along_kernels;

namespace {

// One member looks at all indices: a fraction of a nanosecond each.
template <class Index>
MARK1_DEVICE void find_wrong(const AlongArgs& args, const Team& team) {
  if (team.rank != 0) return;
  const int64_t count = args.outer * args.m * args.inner;
  *args.wrong = first_outside(static_cast<const Index*>(args.indices), count, args.n);
}

template <class Index, class T>
MARK1_DEVICE void take(const AlongArgs& args, const Team& team) {
  find_wrong<Index>(args, team);
  const auto* x = static_cast<const T*>(args.x);
  const auto* indices = static_cast<const Index*>(args.indices);
  auto* out = static_cast<T*>(args.out);
  const Range rows = static_range(args.outer * args.m, 1, team);
  for (int64_t r = rows.begin; r < rows.end;) {
    const int64_t block = r / args.m;
    const int64_t end = (block + 1) * args.m < rows.end ? (block + 1) * args.m : rows.end;
    const T* from = x + block * args.n * args.inner;
    for (; args.inner == 1 && r < end; ++r) {
      const int64_t k = indices[r];
      out[r] = inside(k, args.n) ? from[k] : T(0);
    }
    for (; r < end; ++r) {
      const int64_t to = r * args.inner;
      for (int64_t i = 0; i < args.inner; ++i) {
        const int64_t k = indices[to + i];
        out[to + i] = inside(k, args.n) ? from[k * args.inner + i] : T(0);
      }
    }
  }
}

// Members own blocks of x that share no target; each target has one writer, who adds by ascending
// position.
template <class Index, class T>
MARK1_DEVICE void add(const AlongArgs& args, const Team& team) {
  find_wrong<Index>(args, team);
  const auto* indices = static_cast<const Index*>(args.indices);
  const Range blocks = static_range(args.outer, 1, team);
  const int64_t from = args.m * args.inner, to = args.n * args.inner;
  for (int64_t o = blocks.begin; o < blocks.end; ++o) {
    const T* x = static_cast<const T*>(args.x) + o * from;
    T* out = static_cast<T*>(args.out) + o * to;
    for (int64_t i = 0; i < to; ++i) out[i] = 0;
    for (int64_t j = 0; j < args.m; ++j) {
      for (int64_t i = 0; i < args.inner; ++i) {
        const int64_t k = indices[o * from + j * args.inner + i];
        if (inside(k, args.n)) out[k * args.inner + i] += x[j * args.inner + i];
      }
    }
  }
}

template <class Index, class T>
constexpr Kernel<AlongArgs> take_kernel() {
  return make_kernel<AlongArgs, &take<Index, T>>();
}
template <class Index, class T>
constexpr Kernel<AlongArgs> add_kernel() {
  return make_kernel<AlongArgs, &add<Index, T>>();
}

}  // namespace

const AlongKernels along_kernels = {
    .take = {{take_kernel<int32_t, uint8_t>(), take_kernel<int32_t, uint32_t>(),
              take_kernel<int32_t, uint64_t>()},
             {take_kernel<int64_t, uint8_t>(), take_kernel<int64_t, uint32_t>(),
              take_kernel<int64_t, uint64_t>()}},
    .add = {{add_kernel<int32_t, float>(), add_kernel<int32_t, double>()},
            {add_kernel<int64_t, float>(), add_kernel<int64_t, double>()}},
};

}  // namespace MARK1_ISA
}  // namespace mark1
