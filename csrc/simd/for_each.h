// The element-wise loop: whole vectors, then one partial vector.
#pragma once

#include "core/kernel.h"
#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

// Calls f(i, count) with count = width, a constant once inlined, and once with the rest.
template <class T, class F>
MARK1_DEVICE inline void for_each_vector(Range range, F f) {
  constexpr int w = Vec<T>::width;
  int64_t i = range.begin;
  for (; i + w <= range.end; i += w) f(i, w);
  if (i < range.end) f(i, int(range.end - i));
}

}  // namespace
}  // namespace mark1::MARK1_ISA
