// What is tuned: shapes of register tiles, block sizes, when to copy an operand.
#pragma once

#include "ops/gemm/pack.h"
#include "ops/gemm/problem.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

inline constexpr int kMaxVectors = 8;

// The most rows of a tile by its number of vectors; 0: no such tile. Accumulators, one row of b and
// one element of a fill the registers; on a Zen 4 14x2, 12x2 and 8x3 were equally fast.
// kFarRows, kNearRows: rows of a from which row-major b is packed, see packs_b.
#if defined(MARK1_ISA_avx512)
inline constexpr int kMaxRows[kMaxVectors + 1] = {0, 14, 14, 8, 6, 0, 0, 0, 3};
inline constexpr int64_t kFarRows = 112, kNearRows = 640;
#else
inline constexpr int kMaxRows[kMaxVectors + 1] = {0, 12, 6, 4, 2, 0, 0, 0, 1};
inline constexpr int64_t kFarRows = 48, kNearRows = 200;
#endif

// Columns of b packed at a time: a block of 512 KB stays in L2. On a Zen 5 tiles then run at 94 %
// of the peak, at 92 % where they stream a block of 1 MB; a is packed more often for it, which
// takes less. 1024^3: 89 % of the peak; blocks of 2 MB cost some 3 % of it.
template <class T>
inline constexpr int64_t kBlockColumns = 2048 / sizeof(T);

// Rows of y whose open group totals are kept, where k is longer than a group.
inline constexpr int64_t kBlockRows = 512;

// Row-major b is packed for many rows of a: sooner where each of its own rows lies in a page of its
// own, which neither prefetcher nor first-level TLB follows. Zen 4, one thread, packed against not,
// GFLOP/s: 128x1000x1000 103 : 89, 256x1024x1024 103 : 92, 2048x784x512 104 : 100 but
// 512x512x512 109 : 112, 256x512x896 107 : 112, 128x784x128 111 : 115.
template <class T>
inline bool packs_b(const Problem<T>& g, int64_t rows, int64_t columns) {
  if (g.b_col != 1) return true;
  const int64_t row_bytes = g.b_row * static_cast<int64_t>(sizeof(T));
  return columns > 64 && g.k * columns > (1 << 16) &&
         rows > (row_bytes > 3800 ? kFarRows : kNearRows);
}

// Row-major a is copied where the rows of a tile would meet in the same cache sets, and where the
// copy is read by at least eight tiles (1024^3 on a Zen 4: 105 GFLOP/s with, 86 without; 256^3 the
// same). Strides other than 1 in both directions need it.
template <class T>
inline bool packs_a(const Problem<T>& g, int64_t columns) {
  if (g.a_row != 1 && g.a_col != 1) return true;
  const int64_t stride = g.a_row == 1 ? g.a_col : g.a_row;
  return columns >= 16 * Vec<T>::width && stride * static_cast<int64_t>(sizeof(T)) % 1024 == 0;
}

// Elements of a packed panel of a, in either layout.
template <class T>
inline constexpr int64_t kPanelElements = 16 * kPanelStride<T>;

struct Plan {
  int vectors;  // per tile
  int64_t rows;
  bool pack_a;
  bool pack_b;
  int64_t block_columns;
  int64_t block_rows;
};

template <class T>
inline Plan make_plan(const Problem<T>& g, int64_t rows, int64_t columns) {
  constexpr int width = Vec<T>::width;
  Plan plan;
  plan.vectors = columns <= width ? 1 : 2;
  constexpr int wide[] = {8, 4, 3};
  for (int v : wide) {
    if (kMaxRows[v] >= rows && columns > (v / 2) * width) {
      plan.vectors = v;
      break;
    }
  }
  plan.rows = divide_up(rows, divide_up(rows, kMaxRows[plan.vectors]));
  plan.pack_a = packs_a<T>(g, columns);
  plan.pack_b = packs_b<T>(g, rows, columns);
  const int64_t tile_columns = plan.vectors * width;
  const bool blocked = plan.pack_b || g.k > kGemmGroup;
  const int64_t blocks = blocked ? divide_up(columns, kBlockColumns<T>) : 1;
  plan.block_columns = round_up(divide_up(columns, blocks), tile_columns);
  plan.block_rows = g.k > kGemmGroup ? smaller(rows, kBlockRows) : rows;
  return plan;
}

// Workspace of a member, in elements: a panel of a, a block of b, open group totals. An upper bound
// for every part of the problem, so that the team may be smaller than it was at allocation.
template <class T>
struct Workspace {
  int64_t a_panel = 0;
  int64_t b_block = 0;
  int64_t group = 0;

  explicit Workspace(const Problem<T>& g, int64_t chunk = kGemmChunk) {
    // A block is rounded up to whole tiles, which have at most kMaxVectors vectors.
    constexpr int width = Vec<T>::width;
    const int64_t columns = round_up(smaller(g.n, kBlockColumns<T>) + kMaxVectors * width, width);
    if (packs_a<T>(g, g.n)) a_panel = kPanelElements<T>;
    if (packs_b<T>(g, g.m, g.n)) b_block = chunk * columns;
    if (g.k > kGemmGroup) group = smaller(g.m, kBlockRows) * columns;
  }
  int64_t bytes() const {
    return round_up((a_panel + b_block + group) * static_cast<int64_t>(sizeof(T)), 64);
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
