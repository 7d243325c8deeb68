// The formulas of batch_norm for elements, over vectors of any width; see batch_norm.h.
#pragma once

#include "ops/batch_norm/batch_norm.h"
#include "simd/chan.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
MARK1_DEVICE inline Vec<T> factor(const void* data, int64_t i, int count, T otherwise) {
  return data ? Vec<T>::load(static_cast<const T*>(data) + i, count) : Vec<T>(otherwise);
}

template <class T>
MARK1_DEVICE inline Vec<T> add_square(Vec<T> sum, Vec<T> x, Vec<T> mean) {
  const Vec<T> d = x - mean;
  return fma(d, d, sum);
}

template <class T>
MARK1_DEVICE inline Vec<T> normalized(Vec<T> x, Vec<T> m, Vec<T> r) {
  return (x - m) * r;
}

template <class T>
MARK1_DEVICE inline Vec<T> gradient(Vec<T> dy, Vec<T> h, Vec<T> r, Vec<T> scale, Vec<T> a,
                                    Vec<T> minus_b) {
  return r * fma(h, minus_b, dy * scale - a);
}

template <class T>
MARK1_DEVICE inline Vec<T> inverse_root(const BatchNormArgs& args, Vec<T> variance) {
  return Vec<T>(T(1)) / sqrt(variance + Vec<T>(static_cast<T>(args.epsilon)));
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
