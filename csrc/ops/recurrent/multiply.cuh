// The product of a step by one block of threads: rows of an operand with weights that lie in shared
// memory, in the canonical order. Every thread sums a tile of outputs over one chunk at a time.
#pragma once

#include "cuda/numbers.h"
#include "ops/recurrent/plan.cuh"
#include "ops/recurrent/row.h"

namespace mark1::cuda {
namespace {

template <class T>
struct Multiply {
  const T* weights;   // of the first term and column
  T* operand;         // terms of `rows` numbers, or two buffers for parts of what follows
  const T* exchange;  // the operand where other blocks have left parts of it, or null
  T* sums;            // [chunk][column][row]
  Product product;
  int weight_columns, rows, sum_step, buffer;
};

// Which tile of which chunk a thread sums. Of four neighbours two share rows and two columns, so
// that shared memory answers them together.
struct TilePlace {
  int chunk, row, column;
};
template <int n>
MARK1_DEVICE inline TilePlace tile_place(int thread, int rows, int columns) {
  const int down = rows / n, across = columns / n, tile = thread % (down * across);
  TilePlace place = {thread / (down * across), tile % down * n, tile / down * n};
  if (down % 2 == 0 && across % 2 == 0) {
    const int four = tile / 4;
    place.row = (four % (down / 2) * 2 + tile % 2) * n;
    place.column = (four / (down / 2) * 2 + tile / 2 % 2) * n;
  }
  return place;
}

template <class T, int n>
struct TileSums {
  T at[n][n] = {};

  MARK1_DEVICE void add(const T* operand, int rows, const T* weights, int columns, int terms) {
    const auto term = [&](int k) {
      const auto p = *reinterpret_cast<const Numbers<T, n>*>(operand + k * rows);
      const auto w = *reinterpret_cast<const Numbers<T, n>*>(weights + k * columns);
#pragma unroll
      for (int i = 0; i < n; ++i) {
#pragma unroll
        for (int j = 0; j < n; ++j) at[i][j] = fused(p.at[i], w.at[j], at[i][j]);
      }
    };
    int k = 0;
    for (; k + 8 <= terms; k += 8) {
#pragma unroll
      for (int i = 0; i < 8; ++i) term(k + i);
    }
#pragma unroll 1
    for (; k < terms; ++k) term(k);
  }
  MARK1_DEVICE void leave(T* to, int step) {
#pragma unroll
    for (int j = 0; j < n; ++j) {
#pragma unroll
      for (int i = 0; i < n; ++i) {
        to[j * step + i] = at[i][j];
        at[i][j] = 0;
      }
    }
  }
};

// A part of an operand, of each chunk that is summed at a time, on its way through registers.
template <class T>
struct OperandPart {
  static constexpr int vector = 16 / sizeof(T);
  using Vector = Numbers<T, vector>;
  Vector at[kFetched];

  MARK1_DEVICE void fetch(const T* from, int elements, int thread, int threads) {
    each(elements, thread, threads,
         [&](Vector& own, int v) { own = reinterpret_cast<const Vector*>(from)[v]; });
  }
  MARK1_DEVICE void put(T* to, int elements, int thread, int threads) {
    each(elements, thread, threads,
         [&](const Vector& own, int v) { reinterpret_cast<Vector*>(to)[v] = own; });
  }

 private:
  template <class F>
  MARK1_DEVICE void each(int elements, int thread, int threads, F f) {
#pragma unroll
    for (int i = 0; i < kFetched; ++i) {
      if (thread + i * threads < elements / vector) f(at[i], thread + i * threads);
    }
  }
};

template <class T, int n>
MARK1_DEVICE inline void multiply_tiles(const Multiply<T>& m, const gpu::Block& block) {
  const Product& p = m.product;
  const int thread = block.thread(), threads = block.threads(), chunks = p.chunks();
  const TilePlace place = tile_place<n>(thread, m.rows, p.columns);
  const T* weights = m.weights + place.column;
  T* to = m.sums + place.column * m.sum_step + place.row;
  const int chunk_step = p.columns * m.sum_step;
  TileSums<T, n> sums;
  if (!m.exchange) {
    for (int chunk = place.chunk; chunk < chunks && place.chunk < p.at_once; chunk += p.at_once) {
      const int k = chunk * kChunk, terms = p.terms - k < kChunk ? p.terms - k : kChunk;
      sums.add(m.operand + k * m.rows + place.row, m.rows, weights + k * m.weight_columns,
               m.weight_columns, terms);
      sums.leave(to + chunk * chunk_step, m.sum_step);
    }
    return;
  }
  // Parts of the operand come by way of registers while those before are multiplied.
  const int part = p.part(), parts = kChunk / part, last_pass = p.passes() - 1;
  const int last = p.terms - last_pass * p.at_once * kChunk;
  const int parts_in_all = last_pass * parts + ((last < kChunk ? last : kChunk) + part - 1) / part;
  const int elements = p.at_once * part * m.rows;
  OperandPart<T> next;
  next.fetch(m.exchange, elements, thread, threads);
  for (int s = 0; s < parts_in_all; ++s) {
    T* buffer = m.operand + s % 2 * m.buffer;
    next.put(buffer, elements, thread, threads);
    block.sync();
    if (s + 1 < parts_in_all) {
      next.fetch(m.exchange + (s + 1) * elements, elements, thread, threads);
    }
    const int chunk = s / parts * p.at_once + place.chunk, k = chunk * kChunk + s % parts * part;
    if (place.chunk >= p.at_once || chunk >= chunks) continue;
    const int rest = p.terms - k;
    sums.add(buffer + place.chunk * part * m.rows + place.row, m.rows,
             weights + k * m.weight_columns, m.weight_columns, rest < part ? rest : part);
    if (s % parts == parts - 1 || s == parts_in_all - 1) {
      sums.leave(to + chunk * chunk_step, m.sum_step);
    }
  }
}

}  // namespace
}  // namespace mark1::cuda
