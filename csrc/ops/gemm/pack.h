// Copies of operands that a kernel cannot read at speed where they lie.
#pragma once

#include "ops/gemm/gemm.h"
#include "ops/gemm/tile.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

inline int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}
inline int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}
inline int64_t round_up(int64_t a, int64_t b) {
  return divide_up(a, b) * b;
}

// A block of b as panels of `vectors` vectors, one below the other; columns beyond `cols` are zero.
// Row-major b is read along its rows, which the prefetcher of the processor follows.
template <class T>
void pack_b_rows(const T* b, int64_t b_row, int64_t k, int64_t cols, int vectors, T* block) {
  using V = Vec<T>;
  constexpr int width = V::width;
  const int64_t panel_columns = vectors * width;
  const int64_t padded = round_up(cols, panel_columns);
  for (int64_t i = 0; i < k; ++i) {
    const T* from = b + i * b_row;
    T* to = block + i * panel_columns;
    for (int64_t j = 0; j < padded; j += panel_columns) {
      for (int64_t c = 0; c < panel_columns; c += width) {
        const int64_t left = cols - j - c;
        const V v = left >= width ? V::load(from + j + c)
                    : left > 0    ? V::load(from + j + c, static_cast<int>(left))
                                  : V(T(0));
        v.store(to + j * k + c);
      }
    }
  }
}

// The same for any other b: one panel.
template <class T>
void pack_b_panel(const T* b, int64_t b_row, int64_t b_col, int64_t k, int64_t cols, int vectors,
                  T* panel) {
  using V = Vec<T>;
  constexpr int width = V::width;
  constexpr int block = V::block;
  const int64_t ld = vectors * width;
  for (int64_t j = 0; j < ld; j += width) {
    const int64_t count = cols - j;
    T* to = panel + j;
    int64_t i = 0;
    if (b_row == 1 && count >= width) {
      for (; i + block <= k; i += block) {
        V lines[block];
        V::load_block(b + j * b_col + i, b_col, lines);
        for (int r = 0; r < block; ++r) lines[r].store(to + (i + r) * ld);
      }
    }
    for (; i < k; ++i) {
      for (int c = 0; c < width; ++c) {
        to[i * ld + c] = c < count ? b[i * b_row + (j + c) * b_col] : T(0);
      }
    }
  }
}

// Row stride of a packed panel of a in layout kByRow: an odd number of cache lines, so that rows do
// not meet in the same sets.
template <class T>
inline constexpr int64_t kPanelStride = kGemmChunk + 64 / sizeof(T);

// A panel of a: by column where columns are contiguous, else by row. Returns its stride.
template <class T>
int64_t pack_a_panel(const T* a, int64_t a_row, int64_t a_col, int64_t rows, int64_t k, T* panel) {
  using V = Vec<T>;
  constexpr int width = V::width;
  if (a_row == 1) {
    const int64_t ld = round_up(rows, width);
    for (int64_t j = 0; j < rows; j += width) {
      const int count = static_cast<int>(smaller(rows - j, width));
      for (int64_t i = 0; i < k; ++i) {
        V::load(a + i * a_col + j, count).store(panel + i * ld + j);
      }
    }
    return ld;
  }
  const int64_t ld = kPanelStride<T>;
  for (int64_t i = 0; i < rows; ++i) {
    const T* from = a + i * a_row;
    T* to = panel + i * ld;
    int64_t j = 0;
    if (a_col == 1) {
      for (; j + width <= k; j += width) V::load(from + j).store(to + j);
    }
    for (; j < k; ++j) to[j] = from[j * a_col];
  }
  return ld;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
