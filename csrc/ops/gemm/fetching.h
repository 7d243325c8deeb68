// Tiles of long sums, which fetch into the caches what tiles after them read.
#pragma once

#include "ops/gemm/pack.h"
#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// A tile fetches a row of y, and of what comes later, with every so many k. 256 values of k have
// room for the rows of the largest tile.
inline constexpr int64_t kFetchStep = 16;

// What tiles after this one read, and no cache near may have. It is fetched while this one
// multiplies, a little at a time: many misses at once would hold up its own loads.
template <class T>
struct Upcoming {
  const T* b = nullptr;  // as many vectors of its rows as the tile has, a row with every k; or null
  int64_t b_stride = 0;
  const T* a = nullptr;  // kFetchStep elements of a row with every kFetchStep k; or null
  int64_t a_stride = 0;
};

// Goes over what a tile fetches: the rows of y and what is upcoming.
template <class T, int rows, int vectors>
class Fetches {
 public:
  Fetches(const Tile<T>& t, const Upcoming<T>& upcoming)
      : y_(t.y),
        y_stride_(t.y_stride),
        a_(upcoming.a ? upcoming.a : t.y),
        a_stride_(upcoming.a ? upcoming.a_stride : 0),
        b_(upcoming.b ? upcoming.b : t.b),
        b_stride_(upcoming.b ? upcoming.b_stride : t.b_stride) {}

  // With every kFetchStep of k.
  [[gnu::always_inline]] void step() {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) __builtin_prefetch(y_ + j * Vec<T>::width, 1);
    y_ += --y_left_ > 0 ? y_stride_ : 0;
    for (int64_t i = 0; i < kFetchStep; i += 64 / sizeof(T)) __builtin_prefetch(a_ + i, 0, 2);
    a_ += a_stride_;
  }

  // With every k.
  [[gnu::always_inline]] void row() {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) __builtin_prefetch(b_ + j * Vec<T>::width, 0, 2);
    b_ += b_stride_;
  }

 private:
  const T* y_;
  const int64_t y_stride_;
  int y_left_ = rows;
  const T* a_;
  const int64_t a_stride_;
  const T* b_;
  const int64_t b_stride_;
};

// A tile of one piece and whole vectors. With packed operands, whose strides are constants, 1024^3
// is 1 % faster.
template <bool packed, class T, int rows, int vectors, Layout layout>
[[gnu::noinline]] void run_fetching(const Tile<T>& t, const Upcoming<T>& upcoming) {
  using V = Vec<T>;
  Fetches<T, rows, vectors> fetches(t, upcoming);
  V sum[rows][vectors];
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) sum[i][j] = V(T(0));
  }
  const int64_t stride = packed ? kPanelStride<T> : t.a_stride;
  const T* b = t.b + t.pieces->b;
  const T* a[(rows + 3) / 4];
#pragma GCC unroll 4
  for (int i = 0; i < (rows + 3) / 4; ++i)
    a[i] = t.pieces->a + (layout == kByRow ? 4 * i * stride : 4 * i);
  for (int64_t left = t.pieces->k; left > 0; left -= kFetchStep) {
    fetches.step();
    const int64_t steps = smaller(left, kFetchStep);
    for (int64_t k = 0; k < steps; ++k) {
      V column[vectors];
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) column[j] = V::load(b + j * V::width);
      fetches.row();
#pragma GCC unroll 16
      for (int i = 0; i < rows; ++i) {
        const V x(a[i / 4][layout == kByRow ? i % 4 * stride : i % 4]);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; ++j) sum[i][j] = fma(x, column[j], sum[i][j]);
      }
#pragma GCC unroll 4
      for (int i = 0; i < (rows + 3) / 4; ++i) a[i] += layout == kByRow ? 1 : stride;
      b += packed ? vectors * V::width : t.b_stride;
    }
  }
  Tile<T> whole = t;
  whole.y_lanes = V::width;  // a constant, so that no mask is made of it
  finish(whole, sum);
}

template <class T, int rows, int vectors, Layout layout>
void run_fetching_tile(const Tile<T>& t, const Upcoming<T>& upcoming) {
  if constexpr (layout == kByRow && vectors == 2) {
    if (t.a_stride == kPanelStride<T> && t.b_stride == vectors * Vec<T>::width) {
      return run_fetching<true, T, rows, vectors, layout>(t, upcoming);
    }
  }
  run_fetching<false, T, rows, vectors, layout>(t, upcoming);
}

template <class T>
struct FetchingTable {
  void (*run[2][kMaxVectors + 1][kMostRows + 1])(const Tile<T>&, const Upcoming<T>&);
};

template <class T, int vectors, int rows>
constexpr void fill_fetching(FetchingTable<T>& table) {
  if constexpr (rows > 0) {
    table.run[kByRow][vectors][rows] = &run_fetching_tile<T, rows, vectors, kByRow>;
    table.run[kByColumn][vectors][rows] = &run_fetching_tile<T, rows, vectors, kByColumn>;
    fill_fetching<T, vectors, rows - 1>(table);
  }
}

// Of the widths that whole tiles have.
template <class T>
constexpr FetchingTable<T> make_fetching_table() {
  FetchingTable<T> table{};
  fill_fetching<T, 2, kMaxRows[2]>(table);
  fill_fetching<T, 3, kMaxRows[3]>(table);
  fill_fetching<T, 4, kMaxRows[4]>(table);
  return table;
}

template <class T>
constexpr FetchingTable<T> kFetchingTiles = make_fetching_table<T>();

// Whole vectors of rows, one below the other.
template <int vectors, class T>
void copy_rows(const T* b, int64_t b_row, int64_t k, T* to) {
  using V = Vec<T>;
  for (int64_t i = 0; i < k; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      V::load(b + i * b_row + j * V::width).store(to + (i * vectors + j) * V::width);
    }
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
