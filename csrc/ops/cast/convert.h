// What cast makes of one value.
#pragma once

#include "core/round_to_odd.h"
#include "ops/cast/cast.h"

namespace mark1 {
namespace MARK1_ISA {
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
constexpr bool is_single = false;
template <>
constexpr bool is_single<float> = true;

template <class T>
constexpr bool is_half = false;
template <>
constexpr bool is_half<BFloat16> = true;
template <>
constexpr bool is_half<Half> = true;

MARK1_DEVICE inline void narrow(float value, BFloat16& to) {
  to = to_bfloat16(value);
}
MARK1_DEVICE inline void narrow(float value, Half& to) {
  to = to_half(value);
}

template <class To, class From>
MARK1_DEVICE inline To convert(From value) {
  if constexpr (is_half<From>) {
    return convert<To>(widened(value));
  } else if constexpr (is_half<To>) {
    To to;
    if constexpr (is_single<From>) {
      narrow(value, to);
    } else {
      narrow(rounded_to_odd(value), to);
    }
    return to;
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

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
