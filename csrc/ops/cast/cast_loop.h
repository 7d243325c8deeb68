// The loop of cast for every pair of dtypes; compilers vectorise it for each instruction set.
#pragma once

#include "ops/cast/cast.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CastKernels cast_kernels;

namespace {

template <class T>
struct Bounds {
  static constexpr bool integer = false;
};
template <>
struct Bounds<uint8_t> {
  static constexpr bool integer = true;
  static constexpr uint8_t low = 0, high = UINT8_MAX;
};
template <>
struct Bounds<int32_t> {
  static constexpr bool integer = true;
  static constexpr int32_t low = INT32_MIN, high = INT32_MAX;
};
template <>
struct Bounds<int64_t> {
  static constexpr bool integer = true;
  static constexpr int64_t low = INT64_MIN, high = INT64_MAX;
};

template <class T>
constexpr bool is_real = false;
template <>
constexpr bool is_real<float> = true;
template <>
constexpr bool is_real<double> = true;

template <class T>
constexpr bool is_half = false;
template <>
constexpr bool is_half<BFloat16> = true;

template <class To, class From>
MARK1_DEVICE inline To convert(From value) {
  if constexpr (is_half<From>) {
    if constexpr (is_half<To>) {
      return value;
    } else {
      return convert<To>(widened(value));
    }
  } else if constexpr (is_half<To>) {
    return to_bfloat16(value);
  } else if constexpr (is_real<From> && Bounds<To>::integer) {
    // high rounds up to a power of two in From: what lies below it fits.
    const bool below = value <= static_cast<From>(Bounds<To>::low);
    const bool above = value >= static_cast<From>(Bounds<To>::high);
    const bool fits = value == value && !below && !above;
    const To inside = static_cast<To>(fits ? value : From(0));
    return below ? Bounds<To>::low : (above ? Bounds<To>::high : inside);
  } else {
    return static_cast<To>(value);
  }
}

template <class From, class To>
MARK1_DEVICE void cast(const CastArgs& args, const Team& team) {
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

#define MARK1_ROW(From)                                                          \
  {                                                                              \
      kernel<From, bool>(),    kernel<From, uint8_t>(), kernel<From, int32_t>(), \
      kernel<From, int64_t>(), kernel<From, float>(),   kernel<From, double>(),  \
      kernel<From, BFloat16>()}

// A bool is read as the byte it is, 0 or 1: compilers vectorise that.
const CastKernels cast_kernels = {{
    MARK1_ROW(uint8_t),
    MARK1_ROW(uint8_t),
    MARK1_ROW(int32_t),
    MARK1_ROW(int64_t),
    MARK1_ROW(float),
    MARK1_ROW(double),
    MARK1_ROW(BFloat16),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
