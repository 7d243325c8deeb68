// Which queries of a block see which of its keys, and which products dropout keeps: 64 words of 64
// bits, bit i of word j for query i and key j.
#pragma once

#include "ops/attention/attention.h"
#include "ops/random/random.h"
#include "simd/philox_words.h"
#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

constexpr int64_t kBlock = kAttentionBlock;

enum Sight { kSeesNone, kSeesSome, kSeesAll };

// Where a block lies: queries first_query .. + rows - 1 and keys first_key .. + columns - 1 of head
// h of sequence b.
struct Place {
  int64_t b, h;
  int64_t first_query, rows;
  int64_t first_key, columns;
};

inline uint64_t lowest(int64_t count) {
  return count < 64 ? (uint64_t(1) << count) - 1 : ~uint64_t(0);
}

// Bit i of word j becomes bit j of word i (Warren: Hacker's Delight, 2nd ed., 7-3).
inline void transpose_bits(uint64_t* words) {
  uint64_t mask = 0x00000000ffffffff;
  for (int half = 32; half > 0; half /= 2, mask ^= mask << half) {
    for (int k = 0; k < 64; k = ((k | half) + 1) & ~half) {
      const uint64_t t = ((words[k] >> half) ^ words[k | half]) & mask;
      words[k] ^= t << half;
      words[k | half] ^= t;
    }
  }
}

// Bit i is byte i; bytes are 0 or 1.
inline uint64_t bits_of_bytes(const uint8_t* bytes, int64_t count) {
  uint64_t bits = 0;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t eight;
    __builtin_memcpy(&eight, bytes + i, 8);
    bits |= (eight * 0x0102040810204080 >> 56) << i;
  }
  for (; i < count; ++i) bits |= uint64_t(bytes[i]) << i;
  return bits;
}

// Leaves of `seen` what the mask of 4 axes lets through.
inline void apply_mask(const AttentionArgs& a, const Place& at, uint64_t* seen) {
  const int64_t* step = a.mask_stride;
  const uint8_t* mask =
      a.mask + at.b * step[0] + at.h * step[1] + at.first_query * step[2] + at.first_key * step[3];
  if (step[2] == 0) {
    for (int64_t j = 0; j < at.columns; ++j) seen[j] &= -uint64_t(mask[j * step[3]]);
    return;
  }
  uint64_t words[kBlock] = {};
  for (int64_t i = 0; i < at.rows; ++i) {
    const uint8_t* row = mask + i * step[2];
    words[i] = step[3] == 0 ? -uint64_t(*row) : bits_of_bytes(row, at.columns);
  }
  transpose_bits(words);
  for (int64_t j = 0; j < at.columns; ++j) seen[j] &= words[j];
}

inline Sight look(const AttentionArgs& a, const Place& at, uint64_t* seen) {
  const int64_t last_query = at.first_query + at.rows - 1;
  if (a.causal && at.first_key > last_query) return kSeesNone;
  const bool diagonal = a.causal && at.first_key + at.columns - 1 > at.first_query;
  if (!diagonal && !a.mask && !a.query_mask && !a.key_mask) return kSeesAll;
  const uint64_t everyone = lowest(at.rows);
  uint64_t queries = everyone;
  if (a.query_mask) {
    queries = bits_of_bytes(a.query_mask + at.b * a.queries + at.first_query, at.rows);
  }
  for (int64_t j = 0; j < at.columns; ++j) {
    const int64_t hidden = at.first_key + j - at.first_query;  // queries before this key
    seen[j] = diagonal && hidden > 0 ? (hidden < 64 ? queries & ~lowest(hidden) : 0) : queries;
    if (a.key_mask && !a.key_mask[at.b * a.keys + at.first_key + j]) seen[j] = 0;
  }
  if (a.mask) apply_mask(a, at, seen);
  uint64_t some = 0, all = everyone;
  for (int64_t j = 0; j < at.columns; ++j) {
    some |= seen[j];
    all &= seen[j];
  }
  return some == 0 ? kSeesNone : all == everyone ? kSeesAll : kSeesSome;
}

// What dropout keeps.
inline void draw_kept(const AttentionArgs& a, const Place& at, uint64_t* kept) {
  using Int = IntVec<float>;
  const Philox philox{uint64_t(a.state[0]), kDropoutStream, uint32_t(uint64_t(a.state[1]))};
  // Vectors compare signed, so both sides lose half of the unsigned range.
  const Int limit(int32_t(a.threshold ^ 0x80000000u)), half(INT32_MIN);
  alignas(64) uint64_t pairs[48] = {};  // 64 words that begin anywhere in a block of four
  for (int64_t i = 0; i < kBlock; ++i) {
    kept[i] = 0;
    if (i >= at.rows) continue;
    const int64_t row = (at.b * a.heads + at.h) * a.queries + at.first_query + i;
    const uint64_t element = uint64_t(row * a.keys + at.first_key);
    const auto offset = static_cast<int>(element % 4);
    const int blocks = (offset + static_cast<int>(at.columns) + 31) / 32 * 8;
    philox_words(philox, element / 4, blocks, pairs);
    const int32_t* words = reinterpret_cast<const int32_t*>(pairs) + offset;
    for (int j = 0; j < kBlock; j += Int::width) {
      const uint64_t dropped = to_bits(limit > (Int::load(words + j) ^ half));
      kept[i] |= (~dropped & lowest(Int::width)) << j;
    }
  }
  transpose_bits(kept);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
