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
inline void place_sums(Tile<T>& t, const Sums<T>& sums, int64_t k, int64_t end,
                       int64_t chunk = kGemmChunk) {
  const bool last = k + chunk >= end;
  const bool closes = last || (k + chunk) % kGemmGroup == 0;
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

// A grid of members over an m x n matrix: the one with the least work for the busiest of them.
struct Grid {
  int down;
  int across;
  double work;
};

template <class T>
Grid choose_grid(int64_t m, int64_t n, int size) {
  constexpr int64_t width = Vec<T>::width;
  Grid best{1, size, 0};
  for (int down = 1; down <= size; ++down) {
    if (size % down != 0) continue;
    const int across = size / down;
    const double rows = static_cast<double>(divide_up(m, down));
    const double columns = static_cast<double>(width * divide_up(divide_up(n, width), across));
    const double work = rows * columns + 8 * columns + 2 * rows;
    if (down == 1 || work < best.work) best = {down, across, work};
  }
  return best;
}

template <class T>
Part part_in(const Grid& grid, int64_t m, int64_t n, int rank) {
  return {static_range(m, 1, Team{rank / grid.across, grid.down, nullptr}),
          static_range(n, Vec<T>::width, Team{rank % grid.across, grid.across, nullptr})};
}

// This member's part of y.
template <class T>
Part part_of(int64_t m, int64_t n, int rank, int size) {
  return part_in<T>(choose_grid<T>(m, n, size), m, n, rank);
}

// This member's part of many products: some of them, or a part of some.
struct Share {
  Range products;
  Part part;
};

template <class T>
Share share_of(int64_t count, int64_t m, int64_t n, int rank, int size) {
  int along = 1;
  Grid grid = choose_grid<T>(m, n, size);
  double least = static_cast<double>(count) * grid.work;
  for (int i = 2; i <= size && count > 1; ++i) {
    if (size % i != 0) continue;
    const Grid within = choose_grid<T>(m, n, size / i);
    const double work = static_cast<double>(divide_up(count, i)) * within.work;
    if (work > least) continue;
    along = i;
    grid = within;
    least = work;
  }
  const int members = size / along;
  return {static_range(count, 1, Team{rank / members, along, nullptr}),
          part_in<T>(grid, m, n, rank % members)};
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
