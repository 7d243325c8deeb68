// What is too large for the caches.
#pragma once

#include <cstddef>

namespace mark1 {

// Where all that an operation reads and writes is together at least this, about a third-level
// cache, results are written past the caches: nothing of them would be left when they are read. One
// thread of a Zen 5 with 32 MiB, milliseconds with such stores and without:
//
//   together       16 MiB       24 MiB       32 MiB       48 MiB       64 MiB
//   add            0.14 0.15    0.25 0.32    0.36 0.43    0.67 0.82    1.13 1.25
//   layer_norm     0.22 0.28    0.33 0.77    0.55 1.13    1.12 1.89    1.50 2.54
//   relu of relu   0.55 0.40    0.84 0.74    1.33 1.11    1.90 2.12    2.70 3.16
//
// Results that nobody reads soon gain from 20 MiB on, those that are read at once from some 40.
inline constexpr size_t kFarBytes = size_t{1} << 25;

inline bool is_far(size_t bytes) {
  return bytes >= kFarBytes;
}

}  // namespace mark1
