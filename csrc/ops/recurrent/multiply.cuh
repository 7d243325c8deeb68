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
  T* operand;         // terms of `rows` numbers, or buffers for parts of what follows
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
  // A multiprocessor's scheduler may have one warp, so what comes next is loaded while terms before
  // are summed: a term of 4 x 4 float32 is 16 clocks, and a read takes some 30.
  static constexpr int ahead = sizeof(T) == 4 ? 4 : 2;
  T at[n][n] = {};

  struct Term {
    Numbers<T, n> row, column;
  };
  MARK1_DEVICE void add(const Term& k) {
#pragma unroll
    for (int i = 0; i < n; ++i) {
#pragma unroll
      for (int j = 0; j < n; ++j) at[i][j] = fused(k.row.at[i], k.column.at[j], at[i][j]);
    }
  }
  MARK1_DEVICE void add(const T* operand, int rows, const T* weights, int columns, int terms) {
    Term next[ahead];
    const auto load = [&](Term& term) {
      term.row = *reinterpret_cast<const Numbers<T, n>*>(operand);
      term.column = *reinterpret_cast<const Numbers<T, n>*>(weights);
      operand += rows;
      weights += columns;
    };
    int left = terms - ahead;  // not loaded yet
    if (left >= 0) {
#pragma unroll
      for (Term& term : next) load(term);
#pragma unroll 1
      for (; left >= ahead; left -= ahead) {
#pragma unroll
        for (Term& term : next) {
          add(term);
          load(term);
        }
      }
#pragma unroll
      for (const Term& term : next) add(term);
    } else {
      left = terms;
    }
#pragma unroll 1
    for (; left > 0; --left) {
      load(next[0]);
      add(next[0]);
    }
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
  // Parts of the operand are on their way while those before are multiplied: of few all of them.
  const int part = p.part(), parts = kChunk / part, parts_in_all = p.parts_in_all();
  const int elements = p.at_once * part * m.rows;
  const auto fetch = [&](int s) {
    constexpr int vector = 16 / sizeof(T);
    const T* from = m.exchange + s * elements;
    T* buffer = m.operand + s % kBuffers * m.buffer;
    for (int i = thread * vector; i < elements && s < parts_in_all; i += threads * vector) {
      gpu::copy_ahead<16>(buffer + i, from + i, 16);
    }
    gpu::close_copies();
  };
  for (int s = 0; s < kBuffers - 1; ++s) fetch(s);
  for (int s = 0; s < parts_in_all; ++s) {
    gpu::await_copies<kBuffers - 2>();
    block.sync();  // and the buffer that is fetched into has been read
    fetch(s + kBuffers - 1);
    const int chunk = s / parts * p.at_once + place.chunk, k = chunk * kChunk + s % parts * part;
    if (place.chunk >= p.at_once || chunk >= chunks) continue;
    const int rest = p.terms - k;
    sums.add(m.operand + s % kBuffers * m.buffer + place.chunk * part * m.rows + place.row, m.rows,
             weights + k * m.weight_columns, m.weight_columns, rest < part ? rest : part);
    if (s % parts == parts - 1 || s == parts_in_all - 1) {
      sums.leave(to + chunk * chunk_step, m.sum_step);
    }
  }
}

}  // namespace
}  // namespace mark1::cuda
