// The inner kernel: one tile of y, held in registers over one chunk of k.
#pragma once

#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// How the rows of a lie under a tile; the other stride is 1.
enum Layout { kByRow, kByColumn };

// A stretch of k along which a lies evenly.
template <class T>
struct Piece {
  const T* a;
  int64_t b;  // where its first row of b lies, in elements
  int64_t k;
};

template <class T>
struct Tile {
  const Piece<T>* pieces;  // in ascending order of k
  int count;
  int64_t a_stride;  // from row to row (kByRow) or from k to k (kByColumn)
  const T* b;
  int64_t b_stride;  // from k to k
  int b_lanes;       // columns that may be read from the last vector of b
  int y_lanes;       // columns that are written of the last vector
  // Sums to add below this chunk's: of earlier chunks of the group, of earlier groups. Or null.
  const T* group;
  int64_t group_stride;
  const T* total;
  int64_t total_stride;
  const T* bias;
  T* y;
  int64_t y_stride;
};

// Each lane runs over one output, so the vector width does not enter the result.
template <bool full, class T, int rows, int vectors, Layout layout>
[[gnu::always_inline]] inline void multiply(const Tile<T>& t, const Piece<T>& piece,
                                            Vec<T> (&sum)[rows][vectors]) {
  using V = Vec<T>;
  const int64_t stride = t.a_stride;
  const T* b = t.b + piece.b;
  // Row i is read through pointer i / 4: four addresses fit one base and two index registers.
  const T* a[(rows + 3) / 4];
#pragma GCC unroll 4
  for (int i = 0; i < (rows + 3) / 4; ++i)
    a[i] = piece.a + (layout == kByRow ? 4 * i * stride : 4 * i);
  for (int64_t k = 0; k < piece.k; ++k) {
    V column[vectors];
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      const T* p = b + j * V::width;
      column[j] = full || j < vectors - 1 ? V::load(p) : V::load(p, t.b_lanes);
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const V x(a[i / 4][layout == kByRow ? i % 4 * stride : i % 4]);
#pragma GCC unroll 8
      for (int j = 0; j < vectors; ++j) sum[i][j] = fma(x, column[j], sum[i][j]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < (rows + 3) / 4; ++i) a[i] += layout == kByRow ? 1 : stride;
    b += t.b_stride;
  }
}

template <class T, int rows, int vectors>
[[gnu::always_inline]] inline void add(const T* p, int64_t stride, int lanes,
                                       Vec<T> (&sum)[rows][vectors]) {
  using V = Vec<T>;
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      const T* q = p + i * stride + j * V::width;
      sum[i][j] = (j < vectors - 1 ? V::load(q) : V::load(q, lanes)) + sum[i][j];
    }
  }
}

// Adds what a tile's sums continue, and the bias, and writes them.
template <class T, int rows, int vectors>
[[gnu::always_inline]] inline void finish(const Tile<T>& t, Vec<T> (&sum)[rows][vectors]) {
  using V = Vec<T>;
  if (t.group) add(t.group, t.group_stride, t.y_lanes, sum);
  if (t.total) add(t.total, t.total_stride, t.y_lanes, sum);
  if (t.bias) add(t.bias, 0, t.y_lanes, sum);
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
    T* y = t.y + i * t.y_stride;
#pragma GCC unroll 8
    for (int j = 0; j < vectors - 1; ++j) sum[i][j].store(y + j * V::width);
    if (t.y_lanes == V::width) {
      sum[i][vectors - 1].store(y + (vectors - 1) * V::width);
    } else {
      sum[i][vectors - 1].store(y + (vectors - 1) * V::width, t.y_lanes);
    }
  }
}

template <class T, int rows, int vectors, Layout layout>
void run_tile(const Tile<T>& t) {
  using V = Vec<T>;
  V sum[rows][vectors];
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < vectors; ++j) {
      __builtin_prefetch(t.y + i * t.y_stride + j * V::width, 1);
      sum[i][j] = V(T(0));
    }
  }
  if (t.b_lanes == V::width) {
    for (int i = 0; i < t.count; ++i) multiply<true, T, rows, vectors, layout>(t, t.pieces[i], sum);
  } else {
    for (int i = 0; i < t.count; ++i) {
      multiply<false, T, rows, vectors, layout>(t, t.pieces[i], sum);
    }
  }
  finish(t, sum);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
