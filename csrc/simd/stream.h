// Stores past the caches, for outputs far larger than these.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

// Whether vectors at multiples of `step` elements from p are aligned as such stores need it.
template <class T>
MARK1_DEVICE inline bool can_stream(const T* p, int64_t step) {
  return reinterpret_cast<uintptr_t>(p) % 64 == 0 && step % Vec<T>::width == 0;
}

template <class T>
MARK1_DEVICE inline void put(Vec<T> a, T* p, int count, bool stream) {
  if (stream) {
    a.stream(p);
  } else {
    a.store(p, count);
  }
}

// Such stores are not ordered by what tells the team that this member is done.
MARK1_DEVICE inline void end_stream(bool stream) {
#if defined(MARK1_ISA_avx2) || defined(MARK1_ISA_avx512)
  if (stream) __builtin_ia32_sfence();
#else
  static_cast<void>(stream);
#endif
}

// Calls fill(to, i, count) for all of 0 .. n - 1 with `to` where elements from i on belong: in out,
// or with `stream` in a block that is then written past the caches. Ends the stream itself.
template <class T, class Fill>
MARK1_DEVICE inline void write_blocks(T* out, int64_t n, bool stream, Fill fill) {
  constexpr int64_t size = 4096 / sizeof(T);
  int64_t i = 0;
  if (stream && Vec<float>::width > 1 && reinterpret_cast<uintptr_t>(out) % 64 == 0) {
    constexpr int64_t step = Vec<float>::width * static_cast<int64_t>(sizeof(float));
    alignas(64) T block[size];
    for (; i + size <= n; i += size) {
      fill(block, i, size);
      // Loads and stores keep every bit, also those of NaN.
      const auto* from = reinterpret_cast<const char*>(block);
      auto* to = reinterpret_cast<char*>(out + i);
      for (int64_t k = 0; k < 4096; k += step) {
        Vec<float>::load(reinterpret_cast<const float*>(from + k))
            .stream(reinterpret_cast<float*>(to + k));
      }
    }
    end_stream(true);
  }
  if (i < n) fill(out + i, i, n - i);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
