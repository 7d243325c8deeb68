// The recurrent product: weights in panels that hold all gates of a few units, and blocks of rows
// that are handed on, while in the first-level cache, to what the cell makes of them.
#pragma once

#include "ops/gemm/tile_table.h"
#include "simd/stream.h"

namespace mark1::MARK1_ISA {
namespace {

// Vectors of products that a block holds: 3 KB. Twice as many rows would often meet in the same
// sets of the first-level cache, for they lie a whole sequence apart (gru of 128: 2.4 ms, not 2.2).
constexpr int kBlockVectors = 48;

// Rows of a tile with that many vectors. Without AVX-512 several narrow ones make up a wide one.
inline int tile_rows(int vectors) {
  constexpr int narrow[] = {0, kMaxRows[1], kMaxRows[2]};
  if (vectors < 3) return narrow[vectors];
  if (vectors > 4) return kMaxRows[8];
#if defined(MARK1_ISA_avx512)
  return kMaxRows[vectors];
#else
  return kMaxRows[2];
#endif
}

// Sums over k for `gates` outputs of each of `units` units. In panel p, row k holds the weights of
// gate 0 for all the panel's units, then those of gate 1, ...
template <class T>
struct Weights {
  static constexpr int width = Vec<T>::width;
  T* data;
  int64_t k, units;
  int gates;
  int most;  // vectors of units in a panel

  Weights(T* at, int64_t k, int64_t units, int gates, int64_t rows)
      : data(at), k(k), units(units), gates(gates) {
    // With one gate a panel of one vector would leave the multipliers waiting for their own sums.
    most = gates > 1 ? 1 : rows <= kMaxRows[8] ? 8 : 2;
  }
  int64_t elements() const { return k * gates * round_up(units, width); }
  int64_t panels() const { return divide_up(units, most * width); }
  int64_t first(int64_t p) const { return p * most * width; }
  int vectors(int64_t p) const {
    return static_cast<int>(smaller(most, divide_up(units - first(p), width)));
  }
  T* panel(int64_t p) const { return data + first(p) * gates * k; }

  // From u[k * row + gate * units + unit].
  void pack(const T* u, int64_t row, int64_t p) const {
    using V = Vec<T>;
    const int count = vectors(p);
    T* to = panel(p);
    for (int64_t i = 0; i < k; ++i) {
      for (int g = 0; g < gates; ++g) {
        const T* from = u + i * row + g * units + first(p);
        for (int v = 0; v < count; ++v, to += width) {
          const int64_t left = units - first(p) - v * width;
          (left >= width ? V::load(from + v * width)
                         : V::load(from + v * width, static_cast<int>(left)))
              .store(to);
        }
      }
    }
  }
  // From u[unit * row + k]; of one gate.
  void pack_transposed(const T* u, int64_t row, int64_t p) const {
    pack_b_panel(u + first(p) * row, int64_t(1), row, k, units - first(p), vectors(p), panel(p));
  }

  // z = a times panel p, for up to tile_rows rows; `group` is as large as z.
  void multiply(int64_t p, const T* a, int64_t a_row, int rows, T* z, T* group) const {
    const int wide = gates * vectors(p);
    const int64_t ld = wide * width;
    for (int64_t at = 0; at < k; at += kGemmChunk) {
      const Piece<T> piece{a + at, 0, smaller(k - at, kGemmChunk)};
      Tile<T> t = {};
      t.pieces = &piece;
      t.count = 1;
      t.a_stride = a_row;
      t.b = panel(p) + at * ld;
      t.b_stride = ld;
      t.b_lanes = t.y_lanes = width;
      place_sums(t, Sums<T>{z, ld, group, ld}, at, k);
      run_columns(t, kByRow, rows, wide);
    }
  }
};

// As many lanes as a vector has: a constant where the code is made for it.
template <class T>
struct Whole {
  constexpr operator int() const { return Vec<T>::width; }
};

// Rows `row` and on, units `unit` and on, and their products.
template <class T>
struct Block {
  int64_t row, unit;
  int rows, vectors, gates;
  int64_t units;  // of the layer
  const T* z;     // (rows, gates, vectors of units); null: no product yet

  int64_t size() const { return int64_t(rows) * vectors * Vec<T>::width; }
  Vec<T> product(int i, int v, int gate = 0) const {
    return Vec<T>::load(z + ((i * gates + gate) * vectors + v) * Vec<T>::width);
  }
  // f(row in the block, vector of units, place in a slot of size(), lanes).
  template <class F>
  void each(F f) const {
    constexpr int width = Vec<T>::width;
    const int64_t left = units - unit;
    int64_t at = 0;
    if (left >= vectors * width) {
      for (int i = 0; i < rows; ++i) {
        for (int v = 0; v < vectors; ++v, at += width) f(i, v, at, Whole<T>{});
      }
    } else {
      for (int i = 0; i < rows; ++i) {
        for (int v = 0; v < vectors; ++v, at += width) {
          f(i, v, at, static_cast<int>(smaller(left - v * width, width)));
        }
      }
    }
  }
};

// Where the vectors of a block lie in an array; null if there is none.
template <class T>
struct View {
  using V = Vec<T>;
  T* first;
  int64_t stride;  // from row to row

  explicit operator bool() const { return first; }
  T* at(int i, int v) const { return first + i * stride + v * V::width; }
  template <class Lanes>
  V load(int i, int v, Lanes lanes) const {
    return V::load(at(i, v), lanes);
  }
  template <class Lanes>
  void store(V x, int i, int v, Lanes lanes) const {
    x.store(at(i, v), lanes);
  }
  template <class Lanes>
  void put(V x, int i, int v, Lanes lanes, bool stream) const {
    mark1::MARK1_ISA::put(x, at(i, v), lanes, stream);
  }
};

// finish(block) for all these rows and panels, in blocks of at most `slot` vectors per gate, and
// finish.fetch(block) before the product, during which memory has time to answer. `a` may be null.
template <class T, class F>
void for_each_block(const Weights<T>& w, const T* a, int64_t a_row, Range rows, Range panels,
                    int slot, F finish) {
  alignas(64) T z[kBlockVectors * Vec<T>::width];
  alignas(64) T group[kBlockVectors * Vec<T>::width];
  for (int64_t p = panels.begin; p < panels.end; ++p) {
    const int vectors = w.vectors(p), wide = w.gates * vectors;
    const int tile = tile_rows(wide);
    const int64_t most = smaller(slot / vectors, kBlockVectors / wide);
    const int64_t step = most < tile ? most : most / tile * tile;
    const int64_t height = rows.end - rows.begin, blocks = divide_up(height, step);
    for (int64_t n = 0; n < blocks; ++n) {
      const int64_t begin = rows.begin + height * n / blocks;
      const int64_t end = rows.begin + height * (n + 1) / blocks;
      const Block<T> block{begin,   w.first(p),     static_cast<int>(end - begin), vectors, w.gates,
                           w.units, a ? z : nullptr};
      finish.fetch(block);
      const int64_t tiles = divide_up(end - begin, tile);
      for (int64_t i = 0; a && i < tiles; ++i) {
        const int64_t first = begin + (end - begin) * i / tiles;
        const int64_t last = begin + (end - begin) * (i + 1) / tiles;
        const int64_t at = (first - begin) * wide * Vec<T>::width;
        w.multiply(p, a + first * a_row, a_row, static_cast<int>(last - first), z + at, group + at);
      }
      finish(block);
    }
  }
}

}  // namespace
}  // namespace mark1::MARK1_ISA
