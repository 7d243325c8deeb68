// What sorting on a device takes: how rows are cut, and scratch memory. For those who allocate, who
// are not of the device, as well as for the kernels (cuda/radix_sort.h).
#pragma once

#include <cstdint>

namespace mark1::gpu {

inline constexpr int64_t kDigits = 256;
// Stretches of a row that have counts of their own: two for each multiprocessor of the largest.
inline constexpr int64_t kMostSpans = 256;
// Rows that are sorted at a time have no more keys than this, unless one has.
inline constexpr int64_t kKeysTogether = int64_t{1} << 24;

// Keys that a block holds in shared memory.
constexpr int64_t sort_tile(int64_t key_bytes) {
  return key_bytes == 4 ? 4096 : 2048;
}
constexpr int64_t most_spans(int64_t n, int64_t key_bytes) {
  const int64_t tiles = (n + sort_tile(key_bytes) - 1) / sort_tile(key_bytes);
  return tiles < kMostSpans ? tiles : kMostSpans;
}
constexpr int64_t rows_together(int64_t rows, int64_t n) {
  const int64_t most = n < kKeysTogether ? kKeysTogether / n : 1;
  return rows < most ? rows : most;
}

// Keys and places, twice; for each digit the counts of the spans and that of the row.
constexpr int64_t sort_bytes(int64_t rows, int64_t n, int64_t key_bytes) {
  const int64_t at_a_time = rows_together(rows, n);
  const int64_t keys = (at_a_time * n + 3) / 4 * 4;
  const int64_t counts = at_a_time * (most_spans(n, key_bytes) + 1) * kDigits;
  return 2 * keys * (key_bytes + 4) + counts * 4;
}

// Adding up by index sorts positions by it and notes where each target's begin (cuda/add_sorted.h).
inline constexpr int64_t kFewIndices = 2048;  // that are better looked through
constexpr bool worth_sorting(int64_t indices, int64_t targets) {
  return indices > kFewIndices && indices < int64_t{1} << 31 && targets < (int64_t{1} << 32) - 1;
}
constexpr int64_t add_sorted_bytes(int64_t indices, int64_t targets) {
  return sort_bytes(1, indices, 4) + (targets + 1) * 4;
}

}  // namespace mark1::gpu
