// Blocks for the caches around the tiles of tile.h: a member's part of one product.
#pragma once

#include "ops/gemm/fetching.h"
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
          run_chunk({rows, columns, k, smaller(g_.k - k, chunk_), k + chunk_ >= g_.k});
          k += chunk_;
        } while (k < g_.k);
      }
    }
  }

 private:
  struct Chunk {
    Range rows;
    Range columns;
    int64_t k;
    int64_t depth;
    bool last;
  };

  void run_chunk(const Chunk& c) const {
    const int64_t height = c.rows.end - c.rows.begin;
    const int64_t panels = divide_up(height, plan_.rows);
    for (int64_t i = 0; i < panels; ++i) {
      const Range panel{c.rows.begin + height * i / panels,
                        c.rows.begin + height * (i + 1) / panels};
      run_panel(panel, c);
    }
  }

  // One panel of rows against all columns of the block, which the first panel packs one tile at a
  // time: from the second-level cache, to which the tile before had them fetched.
  void run_panel(Range rows, const Chunk& c) const {
    const int64_t height = rows.end - rows.begin;
    const bool first = rows.begin == c.rows.begin;
    T* y = g_.y + rows.begin * g_.y_row + c.columns.begin;
    T* group = group_ + (rows.begin - c.rows.begin) * plan_.block_columns;

    Tile<T> t;
    Piece<T> piece{a_at(rows.begin, c.k), 0, c.depth};
    t.pieces = &piece;
    t.count = 1;
    const Layout layout = g_.a_row == 1 ? kByColumn : kByRow;
    t.a_stride = layout == kByColumn ? g_.a_col : g_.a_row;
    Upcoming<T> upcoming = after(rows, c, layout);
    const bool fetches = c.depth >= height * kFetchStep;
    // What of b comes after the last column, and whether what comes after others is read anew.
    const bool returns = g_.b_col == 1 && rows.end == c.rows.end && !c.last;
    const T* next_b = returns ? b_at(c.k + chunk_, c.columns.begin) : nullptr;
    const bool streams = g_.b_col == 1 && first;
    if (plan_.pack_a) {
      t.a_stride = pack_a_panel(piece.a, g_.a_row, g_.a_col, height, c.depth, a_panel_);
      piece.a = a_panel_;
    }
    t.b_stride = plan_.pack_b ? tile_columns_ : g_.b_row;
    const T* bias = c.last ? g_.bias : nullptr;

    for (int64_t j = c.columns.begin; j < c.columns.end; j += tile_columns_) {
      const int64_t at = j - c.columns.begin;
      const int64_t left = smaller(c.columns.end - j, tile_columns_);
      const int vectors = static_cast<int>(divide_up(left, Vec<T>::width));
      if (plan_.pack_b && first) pack_b(b_at(c.k, j), c.depth, left, b_block_ + at * c.depth);
      t.y_lanes = static_cast<int>(left - (vectors - 1) * Vec<T>::width);
      t.b_lanes = plan_.pack_b ? Vec<T>::width : t.y_lanes;
      t.b = plan_.pack_b ? b_block_ + at * c.depth : b_at(c.k, j);
      place_sums(t, {y + at, g_.y_row, group + at, plan_.block_columns}, c.k, g_.k, chunk_);
      t.bias = bias ? bias + j : nullptr;
      if (fetches && t.y_lanes == Vec<T>::width) {
        if (const auto run_fetching = kFetchingTiles<T>.run[layout][vectors][height]) {
          upcoming.b = j + tile_columns_ >= c.columns.end ? next_b
                       : streams                          ? b_at(c.k, j + tile_columns_)
                                                          : nullptr;
          run_fetching(t, upcoming);
          if (upcoming.a) upcoming.a += kFetchStep * (layout == kByColumn ? g_.a_col : 1);
          continue;
        }
      }
      run_columns(t, layout, static_cast<int>(height), vectors);
    }
    if (c.last && g_.activation) {
      g_.activation(y, g_.y_row, height, c.columns.end - c.columns.begin, g_.alpha);
    }
  }

  // The next panel, or the first one of the next chunk; tiles share it out.
  Upcoming<T> after(Range rows, const Chunk& c, Layout layout) const {
    Upcoming<T> upcoming;
    upcoming.a_stride = layout == kByColumn ? g_.a_col : g_.a_row;
    upcoming.b_stride = g_.b_row;
    const bool turns = rows.end == c.rows.end;
    if ((turns && c.last) || (layout == kByRow && g_.a_col != 1)) return upcoming;
    upcoming.a = turns ? a_at(c.rows.begin, c.k + chunk_) : a_at(rows.end, c.k);
    // The panel before has had the line in which most of these columns begin.
    if (layout == kByColumn) upcoming.a += plan_.rows - 1;
    return upcoming;
  }

  void pack_b(const T* b, int64_t depth, int64_t count, T* to) const {
    if (g_.b_col == 1 && plan_.vectors == 2 && count == tile_columns_) {
      copy_rows<2>(b, g_.b_row, depth, to);
    } else if (g_.b_col == 1) {
      pack_b_rows(b, g_.b_row, depth, count, plan_.vectors, to);
    } else {
      pack_b_panel(b, g_.b_row, g_.b_col, depth, count, plan_.vectors, to);
    }
  }

  const T* a_at(int64_t i, int64_t k) const { return g_.a + i * g_.a_row + k * g_.a_col; }
  const T* b_at(int64_t k, int64_t j) const { return g_.b + k * g_.b_row + j * g_.b_col; }

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
