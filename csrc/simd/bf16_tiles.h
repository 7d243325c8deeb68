// AMX's tiles: 16 rows of 64 bytes. Needs AMX-TILE and AMX-BF16, and the system's permission.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace mark1::MARK1_ISA {
namespace {

// What LDTILECFG reads (Intel's manual, volume 1, chapter 18): all eight tiles are whole.
struct TileShapes {
  uint8_t palette;
  uint8_t start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};

inline void enter_tiles() {
  alignas(64) TileShapes shapes = {};
  shapes.palette = 1;
  for (int i = 0; i < 8; ++i) {
    shapes.row_bytes[i] = 64;
    shapes.rows[i] = 16;
  }
  _tile_loadconfig(&shapes);
}

inline void leave_tiles() {
  _tile_release();
}

// 32 x 32 sums, rows 32 apart, as four tiles: c += a b over `blocks` blocks of 32 values of k. Rows
// of a are a_row words apart and its blocks block_words; a block of b is that many lines of b_row.
inline void add_tile_products(const uint32_t* a, int64_t a_row, const uint32_t* b, int64_t b_row,
                              float* c, int64_t blocks, int64_t block_words) {
  constexpr int64_t kHalf = 16, kSums = 32;
  constexpr int64_t kWord = 4;  // bytes, also of a float
  float* const lower = c + kHalf * kSums;
  _tile_loadd(0, c, kSums * kWord);
  _tile_loadd(1, c + kHalf, kSums * kWord);
  _tile_loadd(2, lower, kSums * kWord);
  _tile_loadd(3, lower + kHalf, kSums * kWord);
  for (; blocks > 0; --blocks, a += block_words, b += block_words * b_row) {
    _tile_loadd(4, a, a_row * kWord);
    _tile_loadd(6, b, b_row * kWord);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, b + kHalf, b_row * kWord);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, a + kHalf * a_row, a_row * kWord);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, kSums * kWord);
  _tile_stored(1, c + kHalf, kSums * kWord);
  _tile_stored(2, lower, kSums * kWord);
  _tile_stored(3, lower + kHalf, kSums * kWord);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
