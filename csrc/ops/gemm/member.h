// Blocks for the caches around the tiles of tile.h: a member's part of one product.
#pragma once

#include "ops/gemm/pack.h"
#include "ops/gemm/tile.h"
#include "ops/gemm/tile_table.h"
#include "ops/gemm/tiles.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Chunks are those of the canonical order, except in a benchmark that asks what these cost.
template <class T>
class Member {
 public:
  Member(const Problem<T>& g, const Plan& plan, T* workspace, int64_t chunk = kGemmChunk)
      : g_(g), plan_(plan), chunk_(chunk), tile_columns_(plan.vectors * Vec<T>::width) {
    const Workspace<T> sizes(g, chunk);
    a_panel_ = workspace;
    b_block_ = a_panel_ + sizes.a_panel;
    group_ = b_block_ + sizes.b_block;
  }

  void run(const Part& part) const {
    for (int64_t j = part.columns.begin; j < part.columns.end; j += plan_.block_columns) {
      const Range columns{j, smaller(j + plan_.block_columns, part.columns.end)};
      for (int64_t i = part.rows.begin; i < part.rows.end; i += plan_.block_rows) {
        const Range rows{i, smaller(i + plan_.block_rows, part.rows.end)};
        int64_t k = 0;
        do {
          run_chunk(rows, columns, k);
          k += chunk_;
        } while (k < g_.k);
      }
    }
  }

 private:
  void run_chunk(Range rows, Range columns, int64_t k) const {
    const T* b = g_.b + k * g_.b_row + columns.begin * g_.b_col;
    const int64_t depth = smaller(g_.k - k, chunk_);
    const int64_t width = columns.end - columns.begin;
    if (plan_.pack_b && g_.b_col == 1) {
      pack_b_rows(b, g_.b_row, depth, width, plan_.vectors, b_block_);
    } else if (plan_.pack_b) {
      for (int64_t j = 0; j < width; j += tile_columns_) {
        pack_b_panel(b + j * g_.b_col, g_.b_row, g_.b_col, depth, width - j, plan_.vectors,
                     b_block_ + j * depth);
      }
    }
    const int64_t height = rows.end - rows.begin;
    const int64_t panels = divide_up(height, plan_.rows);
    for (int64_t i = 0; i < panels; ++i) {
      const Range panel{rows.begin + height * i / panels, rows.begin + height * (i + 1) / panels};
      run_panel(panel, columns, rows.begin, k, depth);
    }
  }

  // One panel of rows against all columns of the block.
  void run_panel(Range rows, Range columns, int64_t first_row, int64_t k, int64_t depth) const {
    const int64_t height = rows.end - rows.begin;
    const bool last = k + chunk_ >= g_.k;
    T* y = g_.y + rows.begin * g_.y_row + columns.begin;
    T* group = group_ + (rows.begin - first_row) * plan_.block_columns;

    Tile<T> t;
    Piece<T> piece{g_.a + rows.begin * g_.a_row + k * g_.a_col, 0, depth};
    t.pieces = &piece;
    t.count = 1;
    t.a_stride = g_.a_row == 1 ? g_.a_col : g_.a_row;
    const Layout layout = g_.a_row == 1 ? kByColumn : kByRow;
    if (plan_.pack_a) {
      t.a_stride = pack_a_panel(piece.a, g_.a_row, g_.a_col, height, depth, a_panel_);
      piece.a = a_panel_;
    }
    t.b_stride = plan_.pack_b ? tile_columns_ : g_.b_row;
    const T* bias = last ? g_.bias : nullptr;

    for (int64_t j = columns.begin; j < columns.end; j += tile_columns_) {
      const int64_t at = j - columns.begin;
      const int64_t left = smaller(columns.end - j, tile_columns_);
      const int vectors = static_cast<int>(divide_up(left, Vec<T>::width));
      t.y_lanes = static_cast<int>(left - (vectors - 1) * Vec<T>::width);
      t.b_lanes = plan_.pack_b ? Vec<T>::width : t.y_lanes;
      t.b = plan_.pack_b ? b_block_ + at * depth : g_.b + k * g_.b_row + j;
      place_sums(t, {y + at, g_.y_row, group + at, plan_.block_columns}, k, g_.k, chunk_);
      t.bias = bias ? bias + j : nullptr;
      run_columns(t, layout, static_cast<int>(height), vectors);
    }
    if (last && g_.activation) {
      g_.activation(y, g_.y_row, height, columns.end - columns.begin, g_.alpha);
    }
  }

  const Problem<T>& g_;
  const Plan& plan_;
  const int64_t chunk_;
  const int64_t tile_columns_;
  T* a_panel_;
  T* b_block_;
  T* group_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
