// Blocks of 64 queries by some rows, with queries along the lanes of vectors: how they are filled,
// multiplied and written back.
#pragma once

#include "ops/attention/sight.h"
#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// to[c][i] = x[i][c] * factors[i], zeros beyond `rows` up to a whole vector. Rows of `to` have
// kBlock elements, those of x `stride`.
template <class T>
void transpose_in(const T* x, int64_t stride, int64_t rows, int64_t columns, const T* factors,
                  T* to) {
  using V = Vec<T>;
  for (int64_t i = 0; i < rows; i += V::width) {
    const V factor = V::load(factors + i);
    int64_t c = 0;
    if (rows - i >= V::width) {
      for (; c + V::block <= columns; c += V::block) {
        V lines[V::block];
        V::load_block(x + i * stride + c, stride, lines);
        for (int r = 0; r < V::block; ++r) (lines[r] * factor).store(to + (c + r) * kBlock + i);
      }
    }
    for (; c < columns; ++c) {
      for (int lane = 0; lane < V::width; ++lane) {
        to[c * kBlock + i + lane] =
            i + lane < rows ? x[(i + lane) * stride + c] * factors[i + lane] : T(0);
      }
    }
  }
}

// y[i][c] = from[c][i] * factors[i]. `from` has whole vectors of rows, whatever the last ones hold.
template <class T>
void transpose_out(const T* from, int64_t rows, int64_t columns, const T* factors, T* y,
                   int64_t stride) {
  using V = Vec<T>;
  for (int64_t c = 0; c < columns; c += V::width) {
    const int count = static_cast<int>(smaller(columns - c, V::width));
    for (int64_t i = 0; i < rows; i += V::block) {
      V lines[V::block];
      V::load_block(from + c * kBlock + i, kBlock, lines);
      for (int r = 0; r < V::block && i + r < rows; ++r) {
        (lines[r] * V(factors[i + r])).store(y + (i + r) * stride + c, count);
      }
    }
  }
}

// to[i][c] = x[i][c] * factors[i]; rows of `to` follow each other.
template <class T>
void scale_rows(const T* x, int64_t stride, int64_t rows, int64_t columns, const T* factors,
                T* to) {
  using V = Vec<T>;
  for (int64_t i = 0; i < rows; ++i) {
    const V factor(factors[i]);
    for (int64_t c = 0; c < columns; c += V::width) {
      const int count = static_cast<int>(smaller(columns - c, V::width));
      (V::load(x + i * stride + c, count) * factor).store(to + i * columns + c, count);
    }
  }
}

template <class T>
void fill_rows(T* y, int64_t stride, int64_t rows, int64_t columns) {
  using V = Vec<T>;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t c = 0; c < columns; c += V::width) {
      V(T(0)).store(y + i * stride + c, static_cast<int>(smaller(columns - c, V::width)));
    }
  }
}

// The left matrix of a product: rows by k, with `stride` from row to row (kByRow) or from k to k.
template <class T>
struct Left {
  const T* data;
  int64_t stride;
  Layout layout;
};
template <class T>
struct Right {
  const T* data;
  int64_t stride;
};

// y = a b, or y += a b: one chain along k per element.
template <class T>
void multiply(const Left<T>& a, const Right<T>& b, int64_t rows, int64_t columns, int64_t k, T* y,
              int64_t stride, bool add) {
  constexpr int64_t width = Vec<T>::width;
  const int most = columns > width ? 2 : 1;
  const int64_t panels = divide_up(rows, kMaxRows[most]);
  Tile<T> t;
  t.total = t.bias = nullptr;
  t.a_stride = a.stride;
  t.b_stride = b.stride;
  t.y_stride = t.group_stride = stride;
  t.count = 1;
  for (int64_t p = 0; p < panels; ++p) {
    const int64_t first = rows * p / panels, height = rows * (p + 1) / panels - first;
    const Piece<T> piece{a.data + first * (a.layout == kByRow ? a.stride : 1), 0, k};
    t.pieces = &piece;
    for (int64_t j = 0; j < columns; j += most * width) {
      const int64_t left = smaller(columns - j, most * width);
      const int vectors = static_cast<int>(divide_up(left, width));
      t.b_lanes = t.y_lanes = static_cast<int>(left - (vectors - 1) * width);
      t.b = b.data + j;
      t.y = y + first * stride + j;
      t.group = add ? t.y : nullptr;
      kTiles<T>.run[a.layout][vectors][height](t);
    }
  }
}

template <class T>
typename Vec<T>::Mask lanes_at(uint64_t word, int64_t i) {
  return mask_from_bits<Vec<T>>(static_cast<uint32_t>(word >> i));
}

// The part of `items` that falls to a member when item i costs cost(i).
template <class F>
Range fair_range(int64_t items, const Team& team, F cost) {
  if (team.size == 1) return {0, items};
  int64_t total = 0;
  for (int64_t i = 0; i < items; ++i) total += cost(i);
  Range range{items, items};
  int64_t before = 0;
  for (int64_t i = 0; i < items; ++i) {
    // An item belongs to the member in whose share its middle lies.
    const int64_t middle = 2 * before + cost(i);
    const int64_t owner = middle * team.size / (2 * total);
    if (owner >= team.rank && i < range.begin) range.begin = i;
    if (owner > team.rank) {
      range.end = i;
      break;
    }
    before += cost(i);
  }
  return range;
}

// One head of queries of one sequence and the head of keys and values that it reads.
template <class T>
struct Head {
  int64_t b, h;
  int64_t q_row, k_row, v_row, out_row;  // from one query or key to the next
  int64_t q_at, k_at, v_at, out_at;

  Head(const AttentionArgs& a, int64_t b, int64_t h)
      : b(b),
        h(h),
        q_row(a.heads * a.depth),
        k_row(a.groups * a.depth),
        v_row(a.groups * a.value_depth),
        out_row(a.heads * a.value_depth) {
    const int64_t group = h / (a.heads / a.groups);
    q_at = b * a.queries * q_row + h * a.depth;
    k_at = b * a.keys * k_row + group * a.depth;
    v_at = b * a.keys * v_row + group * a.value_depth;
    out_at = b * a.queries * out_row + h * a.value_depth;
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
