// Keys: unsigned integers that are ordered as the elements are. Included by per-ISA files.
#pragma once

#include "ops/sort/sort.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
struct Key;
template <>
struct Key<float> {
  using type = uint32_t;
};
template <>
struct Key<int32_t> {
  using type = uint32_t;
};
template <>
struct Key<double> {
  using type = uint64_t;
};
template <>
struct Key<int64_t> {
  using type = uint64_t;
};

// Positive numbers of IEEE 754 are ordered as their bits, negative ones the other way round.
template <class T>
MARK1_DEVICE inline typename Key<T>::type key_of(T value, bool descending) {
  using Bits = typename Key<T>::type;
  constexpr Bits sign = Bits(1) << (8 * sizeof(Bits) - 1);
  Bits key = 0;
  if constexpr (T(0.5) == T(0)) {
    key = static_cast<Bits>(value) ^ sign;
  } else if (value != value) {
    key = ~Bits(0);
  } else {
    const T number = value == 0 ? T(0) : value;  // one zero
    __builtin_memcpy(&key, &number, sizeof(T));
    key = key & sign ? ~key : key | sign;
  }
  return descending ? ~key : key;
}

// The element of an ascending key; of zeros the positive one.
template <class T>
MARK1_DEVICE inline T value_of(typename Key<T>::type key) {
  using Bits = typename Key<T>::type;
  constexpr Bits sign = Bits(1) << (8 * sizeof(Bits) - 1);
  const bool real = T(0.5) != T(0);
  const Bits bits = !real || key & sign ? key ^ sign : ~key;
  T value;
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
