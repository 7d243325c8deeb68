// Stores past the caches, for outputs far larger than these.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

// Whether vectors at multiples of `step` elements from p are aligned as such stores need it.
template <class T>
inline bool can_stream(const T* p, int64_t step) {
  return reinterpret_cast<uintptr_t>(p) % 64 == 0 && step % Vec<T>::width == 0;
}

template <class T>
inline void put(Vec<T> a, T* p, int count, bool stream) {
  if (stream) {
    a.stream(p);
  } else {
    a.store(p, count);
  }
}

// Such stores are not ordered by what tells the team that this member is done.
inline void end_stream(bool stream) {
#if defined(__x86_64__) && !defined(MARK1_ISA_reference)
  if (stream) __builtin_ia32_sfence();
#else
  static_cast<void>(stream);
#endif
}

}  // namespace
}  // namespace mark1::MARK1_ISA
