// Bytes from here to there, past the caches where the output is far larger than these.
#pragma once

#include "simd/stream.h"

namespace mark1::MARK1_ISA {
namespace {

// Copies n bytes. With `stream` the caller ends with end_stream().
inline void move_bytes(char* to, const char* from, int64_t n, bool stream) {
  constexpr int64_t line = 64;
  if (stream && n >= 4 * line) {
    const auto head = static_cast<int64_t>(-reinterpret_cast<uintptr_t>(to) % line);
    __builtin_memcpy(to, from, static_cast<size_t>(head));
    int64_t i = head;
    // Loads and stores keep every bit, also those of NaN.
    constexpr int64_t step = Vec<float>::width * static_cast<int64_t>(sizeof(float));
    for (; i + line <= n; i += line) {
      for (int64_t k = i; k < i + line; k += step) {
        Vec<float>::load(reinterpret_cast<const float*>(from + k))
            .stream(reinterpret_cast<float*>(to + k));
      }
    }
    __builtin_memcpy(to + i, from + i, static_cast<size_t>(n - i));
  } else if (n == 4) {
    __builtin_memcpy(to, from, 4);
  } else if (n == 8) {
    __builtin_memcpy(to, from, 8);
  } else {
    __builtin_memcpy(to, from, static_cast<size_t>(n));
  }
}

}  // namespace
}  // namespace mark1::MARK1_ISA
