// Operands as the inner kernels read them: blocks of 32 values of k, each as a Unit's words.
//
// A unit says what a word is: Unit::word(low, high) makes one of two bfloat16 values, the elements
// Unit::low(i) and Unit::high(i) of the block being those of word i.
#pragma once

#include "ops/bf16_gemm/bf16_gemm.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

inline constexpr int64_t kPieceBlocks = 8;  // blocks that stay in the first-level cache at once
inline constexpr int64_t kPiece = kPieceBlocks * kBf16Block;

inline int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}
inline int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// One row's block of 32.
template <class Unit>
inline void make_words(const uint16_t* __restrict__ from, typename Unit::Word* __restrict__ to) {
  for (int i = 0; i < Unit::words; ++i) to[i] = Unit::word(from[Unit::low(i)], from[Unit::high(i)]);
}

// `lines` rows of 32 values each, from a matrix in which k runs with stride `k_step` and lines with
// `line_step`; what lies beyond is zero.
inline void gather_block(const BFloat16* from, int64_t line_step, int64_t k_step, int64_t lines,
                         int64_t depth, int64_t all, uint16_t (*to)[kBf16Block]) {
  for (int64_t i = 0; i < all; ++i) {
    for (int64_t k = 0; k < kBf16Block; ++k) to[i][k] = 0;
  }
  if (k_step == 1) {
    for (int64_t i = 0; i < lines; ++i) {
      for (int64_t k = 0; k < depth; ++k) to[i][k] = from[i * line_step + k].bits;
    }
    return;
  }
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t i = 0; i < lines; ++i) to[i][k] = from[i * line_step + k * k_step].bits;
  }
}

// Rows of a, a row's words of one piece of k after the other: [row][block][word].
template <class Unit>
void pack_rows(const BFloat16* a, int64_t row_step, int64_t k_step, int64_t rows, int64_t all_rows,
               int64_t depth, typename Unit::Word* to) {
  constexpr int64_t kLines = 16;
  constexpr int64_t kStride = kPieceBlocks * Unit::words;
  for (int64_t i = 0; i < all_rows; i += kLines) {
    const int64_t all = smaller(all_rows - i, kLines);
    const int64_t lines = rows > i ? smaller(rows - i, kLines) : 0;
    for (int64_t k = 0; k < depth; k += kBf16Block) {
      typename Unit::Word* block = to + i * kStride + k / kBf16Block * Unit::words;
      const BFloat16* from = a + i * row_step + k * k_step;
      if (k_step == 1 && lines == all && depth - k >= kBf16Block) {
        for (int64_t line = 0; line < all; ++line) {
          make_words<Unit>(&from[line * row_step].bits, block + line * kStride);
        }
        continue;
      }
      if (row_step == 1 && lines == kLines && depth - k >= kBf16Block) {
        // Words of 16 rows at once, side by side in memory, and then each where it belongs.
        typename Unit::Word words[Unit::words][kLines];
        for (int64_t w = 0; w < Unit::words; ++w) {
          const BFloat16* __restrict__ low = from + Unit::low(static_cast<int>(w)) * k_step;
          const BFloat16* __restrict__ high = from + Unit::high(static_cast<int>(w)) * k_step;
          for (int64_t j = 0; j < kLines; ++j) words[w][j] = Unit::word(low[j].bits, high[j].bits);
        }
        for (int64_t line = 0; line < kLines; ++line) {
          for (int64_t w = 0; w < Unit::words; ++w) block[line * kStride + w] = words[w][line];
        }
        continue;
      }
      uint16_t square[kLines][kBf16Block];
      gather_block(from, row_step, k_step, lines, smaller(depth - k, kBf16Block), all, square);
      for (int64_t line = 0; line < all; ++line) {
        make_words<Unit>(square[line], block + line * kStride);
      }
    }
  }
}

// Unit::columns columns of b, all of k: [block][word][column].
template <class Unit>
void pack_columns(const BFloat16* b, int64_t k_step, int64_t column_step, int64_t columns,
                  int64_t depth, typename Unit::Word* to) {
  constexpr int64_t kWidth = Unit::columns;
  for (int64_t k = 0; k < depth; k += kBf16Block, to += Unit::words * kWidth) {
    const BFloat16* from = b + k * k_step;
    const int64_t count = smaller(depth - k, kBf16Block);
    if (column_step == 1 && columns == kWidth && count == kBf16Block) {
      for (int64_t i = 0; i < Unit::words; ++i) {
        const BFloat16* __restrict__ low = from + Unit::low(static_cast<int>(i)) * k_step;
        const BFloat16* __restrict__ high = from + Unit::high(static_cast<int>(i)) * k_step;
        typename Unit::Word* __restrict__ row = to + i * kWidth;
        for (int64_t j = 0; j < kWidth; ++j) row[j] = Unit::word(low[j].bits, high[j].bits);
      }
      continue;
    }
    constexpr int64_t kLines = 16;
    for (int64_t j = 0; j < kWidth; j += kLines) {
      uint16_t square[kLines][kBf16Block];
      typename Unit::Word words[kLines][Unit::words];
      const int64_t lines = columns > j ? smaller(columns - j, kLines) : 0;
      if (k_step == 1 && lines == kLines && count == kBf16Block) {
        for (int64_t line = 0; line < kLines; ++line) {
          make_words<Unit>(&from[(j + line) * column_step].bits, words[line]);
        }
      } else {
        gather_block(from + j * column_step, column_step, k_step, lines, count, kLines, square);
        for (int64_t line = 0; line < kLines; ++line) make_words<Unit>(square[line], words[line]);
      }
      for (int64_t i = 0; i < Unit::words; ++i) {
        for (int64_t line = 0; line < kLines; ++line) to[i * kWidth + j + line] = words[line][i];
      }
    }
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
