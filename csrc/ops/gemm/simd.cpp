// The matrix product for one instruction set: blocks for the caches around the tiles of tile.h.
#include "ops/gemm/gemm.h"
#include "ops/gemm/pack.h"
#include "ops/gemm/tile.h"
#include "ops/gemm/tile_table.h"
#include "ops/gemm/tiles.h"
#include "ops/gemm/transposed.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
class Member {
 public:
  Member(const Problem<T>& g, const Plan& plan, T* workspace)
      : g_(g), plan_(plan), tile_columns_(plan.vectors * Vec<T>::width) {
    const Workspace<T> sizes(g);
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
          k += kGemmChunk;
        } while (k < g_.k);
      }
    }
  }

 private:
  void run_chunk(Range rows, Range columns, int64_t k) const {
    const T* b = g_.b + k * g_.b_row + columns.begin * g_.b_col;
    const int64_t depth = smaller(g_.k - k, kGemmChunk);
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
    const bool last = k + kGemmChunk >= g_.k;
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
      place_sums(t, {y + at, g_.y_row, group + at, plan_.block_columns}, k, g_.k);
      t.bias = bias ? bias + j : nullptr;
      run_columns(t, layout, static_cast<int>(height), vectors);
    }
    if (last && g_.activation) {
      g_.activation(y, g_.y_row, height, columns.end - columns.begin, g_.alpha);
    }
  }

  const Problem<T>& g_;
  const Plan& plan_;
  const int64_t tile_columns_;
  T* a_panel_;
  T* b_block_;
  T* group_;
};

// A member's part of products of one shape.
template <class T>
class Products {
 public:
  Products(const Problem<T>& p, const Part& part, T* workspace)
      : part_(part),
        rows_(part.rows.end - part.rows.begin),
        transposes_(transposes(p)),
        plan_(make_plan(p, rows_, part.columns.end - part.columns.begin)),
        workspace_(workspace) {}

  void multiply(const Problem<T>& p) const { multiply(p, part_); }

  // y, by way of y^T: a block of its rows at a time.
  void multiply_exchanged(const Problem<T>& p) const {
    T* block = workspace_;
    for (int64_t i = part_.columns.begin; i < part_.columns.end; i += kExchangedRows) {
      const int64_t count = smaller(part_.columns.end - i, kExchangedRows);
      Problem<T> t = exchanged(p);
      t.b += i * t.b_col;
      t.y = block;
      t.y_row = kExchangedRows;
      t.n = count;
      multiply(t, {part_.rows, {0, count}});
      T* y = p.y + i * p.y_row;
      for (int64_t j = part_.rows.begin; j < part_.rows.end; ++j) {
        const T* from = block + j * kExchangedRows;
        const T bias = p.bias ? p.bias[j] : T(0);
        for (int64_t r = 0; r < count; ++r) y[r * p.y_row + j] = p.bias ? from[r] + bias : from[r];
      }
      if (p.activation) p.activation(y + part_.rows.begin, p.y_row, count, rows_, p.alpha);
    }
  }

 private:
  void multiply(const Problem<T>& p, const Part& part) const {
    if (transposes_) return multiply_transposed(p, part);
    T* workspace = workspace_ + (p.y == workspace_ ? kExchangedElements<T> : 0);
    Member<T>(p, plan_, workspace).run(part);
  }

  const Part part_;
  const int64_t rows_;
  const bool transposes_;
  const Plan plan_;
  T* const workspace_;
};

template <class T>
void gemm(const GemmArgs& g, const Team& team) {
  const bool exchanges = has_few_columns<T>(g);
  Problem<T> p = problem_of<T>(g);
  if (exchanges) p = exchanged(p);
  const Share share = share_of<T>(g.batch.count, p.m, p.n, team.rank, team.size);
  const Part& part = share.part;
  if (part.rows.begin == part.rows.end || part.columns.begin == part.columns.end) return;
  char* workspace = static_cast<char*>(g.workspace) + team.rank * g.workspace_bytes;
  const Products<T> products(p, part, reinterpret_cast<T*>(workspace));
  for (int64_t i = share.products.begin; i < share.products.end; ++i) {
    const Problem<T> one = problem_of<T>(g, place_of(g.batch, i));
    if (exchanges) {
      products.multiply_exchanged(one);
    } else {
      products.multiply(one);
    }
  }
}

template <class T>
int64_t workspace_bytes(const GemmArgs& g) {
  const Problem<T> p = problem_of<T>(g);
  const int64_t item = sizeof(T);
  if (!has_few_columns<T>(g)) return transposes(p) ? 0 : Workspace<T>(p).bytes();
  const Problem<T> t = exchanged(p);
  return kExchangedElements<T> * item + (transposes(t) ? 0 : Workspace<T>(t).bytes());
}

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {
    {make_kernel<GemmArgs, &gemm<float>>(), make_kernel<GemmArgs, &gemm<double>>()},
    {&workspace_bytes<float>, &workspace_bytes<double>},
};

}  // namespace MARK1_ISA
}  // namespace mark1
