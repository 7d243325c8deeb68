// What becomes of a tile's sums, and the grid that adds up those of several blocks.
#pragma once

#include "ops/activation/epilogue.h"
#include "ops/gemm/tile.cuh"

namespace mark1::cuda {
namespace {

constexpr int relu_place() {
  int at = 0, found = -1;
#define MARK1_IS_RELU(name)              \
  if constexpr (__is_same(name, Relu)) { \
    found = at;                          \
  }                                      \
  ++at;
  MARK1_ACTIVATIONS(MARK1_IS_RELU)
#undef MARK1_IS_RELU
  return found;
}

// How sums end: what they are added to, and what comes after the last term.
template <class T>
struct Ending {
  bool add = false;  // to what is there
  const T* bias = nullptr;
  ActivationRows activation = nullptr;
  double alpha = 0;

  // relu, which most layers have, is no call.
  MARK1_DEVICE bool is_relu() const {
    return reinterpret_cast<intptr_t>(activation) == relu_place() + 1;
  }
  MARK1_DEVICE T of(T sum, int64_t column, const T* there) const {
    if (add) sum = *there + sum;
    if (bias) sum = sum + bias[column];
    return is_relu() ? Relu::value(Vec<T>(sum), {}).v : sum;
  }
  // For n outputs side by side to which of() has been applied.
  MARK1_DEVICE void activate(T* y, int64_t n) const {
    if (activation && !is_relu()) finish_row<T>(activation, y, n, alpha);
  }
};

// Writes the totals of a tile. line(row): where the outputs of a row of the tile begin, null if
// there is no such row; `columns` of them are there. The bias begins at the tile's first column.
template <class Shape, class Tile, class Line>
MARK1_DEVICE inline void put_totals(const Tile& tile, int64_t columns,
                                    const Ending<typename Shape::T>& end, Line line) {
  using T = typename Shape::T;
  constexpr int run = Shape::run;
#pragma unroll 1
  for (int i = 0; i < Shape::m; ++i) {
    T* y = line(tile.row(i));
    if (!y) continue;
#pragma unroll 1
    for (int j = 0; j < Shape::n; j += run) {
      const int64_t column = tile.column(j), left = columns - column;
      if (left <= 0) break;
      Sixteen<T> values = tile.totals(i, j);
#pragma unroll
      for (int e = 0; e < run; ++e) {
        if (e < left) values.of[e] = end.of(values.of[e], column + e, y + column + e);
      }
      if (left >= run && reinterpret_cast<uintptr_t>(y + column) % 16 == 0) {
        *reinterpret_cast<Sixteen<T>*>(y + column) = values;
      } else {
#pragma unroll
        for (int e = 0; e < run; ++e) {
          if (e < left) y[column + e] = values.of[e];
        }
      }
      end.activate(y + column, left < run ? left : run);
    }
  }
}

// Sums of which several blocks have made parts: `slots` totals per output, each of `terms` terms.
struct Slots {
  void* totals;  // (slot, outputs)
  int64_t slots, terms, outputs;
};

// The sum of one output: totals of chunks ascending within groups, those of groups ascending.
template <class T>
MARK1_DEVICE inline T sum_of_slots(const Slots& s, int64_t output) {
  const T* totals = static_cast<const T*>(s.totals) + output;
  const int64_t group_slots = kGemmGroup / s.terms;
  T sum = 0;
  for (int64_t first = 0; first < s.slots; first += group_slots) {
    const int64_t end = first + group_slots < s.slots ? first + group_slots : s.slots;
    T group = totals[first * s.outputs];
#pragma unroll 4
    for (int64_t slot = first + 1; slot < end; ++slot) group = group + totals[slot * s.outputs];
    sum = first == 0 ? group : sum + group;
  }
  return sum;
}

}  // namespace
}  // namespace mark1::cuda
