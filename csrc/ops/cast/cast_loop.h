// The loop of cast for every pair of dtypes; compilers vectorise it for each instruction set.
#pragma once

#include "ops/cast/convert.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CastKernels cast_kernels;

namespace {

template <class From, class To>
void cast(const CastArgs& args, const Team& team) {
  const auto* x = static_cast<const From*>(args.x);
  auto* out = static_cast<To*>(args.out);
  const Range range = static_range(args.n, 64, team);
  x += range.begin;
  write_blocks(out + range.begin, range.end - range.begin, args.stream,
               [x](To* __restrict__ to, int64_t begin, int64_t count) {
                 const From* __restrict__ from = x + begin;
                 for (int64_t i = 0; i < count; ++i) to[i] = convert<To>(from[i]);
               });
}

template <class From, class To>
constexpr Kernel<CastArgs> kernel() {
  return make_kernel<CastArgs, &cast<From, To>>();
}

}  // namespace

#define MARK1_ROW(From)                                                        \
  {kernel<From, bool>(),     kernel<From, uint8_t>(), kernel<From, int32_t>(), \
   kernel<From, int64_t>(),  kernel<From, float>(),   kernel<From, double>(),  \
   kernel<From, BFloat16>(), kernel<From, Half>()}

// A bool is read as the byte it is, 0 or 1: compilers vectorise that.
const CastKernels cast_kernels = {{
    MARK1_ROW(uint8_t),
    MARK1_ROW(uint8_t),
    MARK1_ROW(int32_t),
    MARK1_ROW(int64_t),
    MARK1_ROW(float),
    MARK1_ROW(double),
    MARK1_ROW(BFloat16),
    MARK1_ROW(Half),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
