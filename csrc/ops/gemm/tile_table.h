// The register tiles by size, and what every kernel built from them shares: which tile does which
// part of a chunk, where its sums go, and which member of a team has which part of y.
#pragma once

#include "ops/gemm/tiles.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

constexpr int kMostRows = 14;

template <class T>
struct TileTable {
  void (*run[2][kMaxVectors + 1][kMostRows + 1])(const Tile<T>&);
};

template <class T, int vectors, int rows>
constexpr void fill(TileTable<T>& table) {
  if constexpr (rows > 0) {
    table.run[kByRow][vectors][rows] = &run_tile<T, rows, vectors, kByRow>;
    table.run[kByColumn][vectors][rows] = &run_tile<T, rows, vectors, kByColumn>;
    fill<T, vectors, rows - 1>(table);
  }
}

template <class T, int vectors>
constexpr void fill_all(TileTable<T>& table) {
  if constexpr (vectors > 0) {
    fill<T, vectors, kMaxRows[vectors]>(table);
    fill_all<T, vectors - 1>(table);
  }
}

template <class T>
constexpr TileTable<T> make_table() {
  TileTable<T> table{};
  fill_all<T, kMaxVectors>(table);
  return table;
}

template <class T>
constexpr TileTable<T> kTiles = make_table<T>();

// A tile of any number of vectors: numbers without a kernel are put together from two.
template <class T>
void run_columns(Tile<T>& t, Layout layout, int rows, int vectors) {
  const auto& kernels = kTiles<T>.run[layout];
  while (!kernels[vectors][rows]) {
    int part = vectors - 1;
    while (!kernels[part][rows]) --part;
    Tile<T> left = t;
    left.b_lanes = left.y_lanes = Vec<T>::width;
    kernels[part][rows](left);
    const int64_t step = part * Vec<T>::width;
    t.b += step;
    t.y += step;
    if (t.group) t.group += step;
    if (t.total) t.total += step;
    if (t.bias) t.bias += step;
    vectors -= part;
  }
  kernels[vectors][rows](t);
}

// Where the sums of a tile are kept while k ascends. The first group is summed in y itself; a later
// one apart, and added to y when it closes.
template <class T>
struct Sums {
  T* y;
  int64_t y_row;
  T* group;
  int64_t group_row;
};

// Says where the chunk that begins at k takes earlier sums from and where it leaves its own.
template <class T>
inline void place_sums(Tile<T>& t, const Sums<T>& sums, int64_t k, int64_t end) {
  const bool last = k + kGemmChunk >= end;
  const bool closes = last || (k + kGemmChunk) % kGemmGroup == 0;
  const bool apart = k >= kGemmGroup;
  t.group = k % kGemmGroup == 0 ? nullptr : apart ? sums.group : sums.y;
  t.group_stride = apart ? sums.group_row : sums.y_row;
  t.total = apart && closes ? sums.y : nullptr;
  t.total_stride = sums.y_row;
  t.y = apart && !closes ? sums.group : sums.y;
  t.y_stride = apart && !closes ? sums.group_row : sums.y_row;
}

struct Part {
  Range rows;
  Range columns;
};

// This member's part of an m x n matrix y: the grid of members with the least work for the busiest
// one.
template <class T>
Part part_of(int64_t m, int64_t n, int rank, int size) {
  constexpr int64_t width = Vec<T>::width;
  int down = 1;
  double least = 0;
  for (int i = 1; i <= size; ++i) {
    if (size % i != 0) continue;
    const double rows = static_cast<double>(divide_up(m, i));
    const double columns = static_cast<double>(width * divide_up(divide_up(n, width), size / i));
    const double work = rows * columns + 8 * columns + 2 * rows;
    if (i == 1 || work < least) {
      least = work;
      down = i;
    }
  }
  const int across = size / down;
  return {static_range(m, 1, Team{rank / across, down, nullptr}),
          static_range(n, width, Team{rank % across, across, nullptr})};
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
