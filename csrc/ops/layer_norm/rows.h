// The formulas of layer_norm over vectors of any width. The reference is this code with vectors of
// one lane: the row rule and the column rule spell out every lane, so nothing depends on the width.
#pragma once

#include "ops/layer_norm/layer_norm.h"
#include "simd/row_by_one.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {

extern const LayerNormKernels layer_norm_kernels;

namespace {

// An array of factors that may be missing.
template <class T>
struct Factors {
  const T* data;
  T otherwise;

  MARK1_DEVICE Factors(const void* given, T otherwise)
      : data(static_cast<const T*>(given)), otherwise(otherwise) {}
  MARK1_DEVICE Vec<T> at(int64_t i, int count) const {
    return data ? Vec<T>::load(data + i, count) : Vec<T>(otherwise);
  }
};

// 1 / (what a row is divided by), from the sums of squares.
template <RowNorm kind, class T>
MARK1_DEVICE inline Vec<T> inverse_size(Vec<T> squares, const LayerNormArgs& args) {
  if constexpr (kind == RowNorm::kUnit) {
    return min(Vec<T>(T(1)) / sqrt(squares), static_cast<T>(1 / args.epsilon));
  } else {
    const Vec<T> v = squares / Vec<T>(static_cast<T>(args.n));
    return Vec<T>(T(1)) / sqrt(v + Vec<T>(static_cast<T>(args.epsilon)));
  }
}

// Rows of more elements than this are taken one by one, so that a block of them stays in the
// first-level cache. From memory long rows come faster one after the other: backward over 16,384
// rows of 1,024 takes 8 ms instead of 10 (Zen 5).
constexpr int64_t block_elements = 4096;
constexpr int64_t streamed_elements = 1024;

// How far ahead of a block of rows forward asks memory: whole blocks, far enough for it to come.
MARK1_DEVICE inline int64_t rows_ahead(int64_t block) {
  constexpr int64_t elements = 2048;
  return block >= elements ? block : (elements + block - 1) / block * block;
}

// Calls block(rows at once, as a constant, first row) for all rows of a range.
template <int kRows, class F>
MARK1_DEVICE inline void each_block(Range rows, int64_t n, bool stream, F block) {
  const int64_t most = stream ? streamed_elements : block_elements;
  int64_t r = rows.begin;
  if constexpr (kRows > 1) {
    for (; kRows * n <= most && r + kRows <= rows.end; r += kRows) {
      block.template operator()<kRows>(r);
    }
  }
  for (; r < rows.end; ++r) block.template operator()<1>(r);
}

template <class T, RowNorm kind, int kRows, class Reader = RowByOne<T>>
MARK1_DEVICE void forward_block(const LayerNormArgs& args, int64_t row, bool stream,
                                const Reader& reader = {}) {
  const int64_t n = args.n;
  const Factors<T> scale(args.scale, 1), offset(args.offset, 0);
  const T* x = static_cast<const T*>(args.x) + row * n;
  T* y = static_cast<T*>(args.out) + row * n;
  const auto at = [x, n](int r, int64_t i, int count) {
    return Vec<T>::load(x + r * n + i, count);
  };
  Vec<T> means(T(0));
  if constexpr (kind == RowNorm::kLayer) {
    means = reader.template sums<kRows>(n, at) / Vec<T>(static_cast<T>(n));
  }
  const Spread<T> m(means);
  const auto square = [&](int r, int64_t i, int count) {
    const Vec<T> d = at(r, i, count) - m.of(r);
    return d * d;
  };
  const Vec<T> sizes = inverse_size<kind>(reader.template sums<kRows>(n, square), args);
  const Spread<T> size(sizes);
  reader.each(n, [&](int64_t i, int count) {
    const Vec<T> factor = scale.at(i, count), added = offset.at(i, count);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      // These rows are in the cache: memory is free for the next ones.
      if (stream) fetch_ahead(x + r * n + i + rows_ahead(kRows * n));
      const Vec<T> h = (at(r, i, count) - m.of(r)) * size.of(r);
      put(fma(h, factor, added), y + r * n + i, count, stream);
    }
  });
  if (!reader.leads()) return;
  means.store(static_cast<T*>(args.stats) + row, kRows);
  sizes.store(static_cast<T*>(args.stats) + args.rows + row, kRows);
}

template <class T, RowNorm kind>
MARK1_DEVICE void forward(const LayerNormArgs& args, const Team& team) {
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), args.n);
  each_block<rows_at_once<T>()>(
      static_range(args.rows, 1, team), args.n, stream,
      [&]<int kRows>(int64_t row) { forward_block<T, kind, kRows>(args, row, stream); });
  end_stream(stream);
}

// Rows seen by the gradient.
template <class T>
struct GradientRows {
  const T* x;
  const T* dy;
  const T* m;
  const T* size;
  int64_t n;

  MARK1_DEVICE GradientRows(const LayerNormArgs& args, int64_t row)
      : x(static_cast<const T*>(args.x) + row * args.n),
        dy(static_cast<const T*>(args.dy) + row * args.n),
        m(static_cast<const T*>(args.stats) + row),
        size(static_cast<const T*>(args.stats) + args.rows + row),
        n(args.n) {}
  MARK1_DEVICE Vec<T> h(int r, int64_t i, int count) const {
    return (Vec<T>::load(x + r * n + i, count) - Vec<T>(m[r])) * Vec<T>(size[r]);
  }
  MARK1_DEVICE Vec<T> slope(int r, int64_t i, int count) const {
    return Vec<T>::load(dy + r * n + i, count);
  }
};

// Adds the rows' parts of dscale and doffset to the totals of their chunk.
template <int kRows, class T, class Dy, class H>
MARK1_DEVICE inline void add_to_totals(Dy dy, H h, T* dscale, T* doffset, int64_t i, int count) {
  if (dscale) {
    Vec<T> sum = Vec<T>::load(dscale + i, count);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) sum = fma(dy(r), h(r), sum);
    sum.store(dscale + i, count);
  }
  if (doffset) {
    Vec<T> sum = Vec<T>::load(doffset + i, count);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) sum = sum + dy(r);
    sum.store(doffset + i, count);
  }
}

// dx of rows, and if there are totals, those of the rows' chunk.
template <class T, RowNorm kind, int kRows, class Reader = RowByOne<T>>
MARK1_DEVICE void backward_block(const LayerNormArgs& args, int64_t row, T* dscale, T* doffset,
                                 bool stream, const Reader& reader = {}) {
  const int64_t n = args.n;
  const GradientRows<T> at(args, row);
  const Factors<T> scale(args.scale, 1);
  T* dx = static_cast<T*>(args.out) + row * n;
  const VecPair<T> sums = reader.template sum_pairs<kRows>(n, [&](int r, int64_t i, int count) {
    const Vec<T> g = at.slope(r, i, count) * scale.at(i, count);
    return VecPair<T>{g, g * at.h(r, i, count)};
  });
  const Vec<T> count_of_row(static_cast<T>(n));
  Vec<T> b = sums.second / count_of_row;
  if constexpr (kind == RowNorm::kUnit) {
    const Vec<T> size = Vec<T>::load(at.size, kRows);
    b = select(size >= Vec<T>(static_cast<T>(1 / args.epsilon)), Vec<T>(T(0)), sums.second);
  }
  const Spread<T> minus_b(-b), a(sums.first / count_of_row);
  reader.each(n, [&](int64_t i, int count) {
    const Vec<T> factor = scale.at(i, count);
    Vec<T> dy[kRows], h[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      if (stream) {
        fetch_ahead(at.x + (kRows + r) * n + i);
        fetch_ahead(at.dy + (kRows + r) * n + i);
      }
      dy[r] = at.slope(r, i, count);
      h[r] = at.h(r, i, count);
      Vec<T> g = dy[r] * factor;
      if constexpr (kind == RowNorm::kLayer) g = g - a.of(r);
      put(Vec<T>(at.size[r]) * fma(h[r], minus_b.of(r), g), dx + r * n + i, count, stream);
    }
    add_to_totals<kRows>([&](int r) { return dy[r]; }, [&](int r) { return h[r]; }, dscale, doffset,
                         i, count);
  });
}

// The same for a range of rows.
template <class T, RowNorm kind>
MARK1_DEVICE inline void backward_rows(const LayerNormArgs& args, Range rows, T* dscale, T* doffset,
                                       bool stream) {
  each_block<rows_at_once<T, 2>()>(rows, args.n, stream, [&]<int kRows>(int64_t row) {
    backward_block<T, kind, kRows>(args, row, dscale, doffset, stream);
  });
}

// The totals of one chunk of rows, or null where none are wanted.
template <class T>
struct ChunkTotals {
  T* dscale;
  T* doffset;

  MARK1_DEVICE ChunkTotals(const LayerNormArgs& args, int64_t chunk)
      : dscale(args.dscale ? static_cast<T*>(args.totals) + chunk * 2 * args.n : nullptr),
        doffset(args.doffset ? static_cast<T*>(args.totals) + (chunk * 2 + 1) * args.n : nullptr) {}
  MARK1_DEVICE void clear(Range columns) const {
    for_each_vector<T>(columns, [&](int64_t i, int count) {
      if (dscale) Vec<T>(T(0)).store(dscale + i, count);
      if (doffset) Vec<T>(T(0)).store(doffset + i, count);
    });
  }
};

MARK1_DEVICE inline Range rows_of_chunk(const LayerNormArgs& args, int64_t chunk) {
  const int64_t begin = chunk * kNormChunk, end = begin + kNormChunk;
  return {begin, end < args.rows ? end : args.rows};
}

// Sums of chunk totals, of the columns in range.
template <class T>
MARK1_DEVICE void fold_chunks(const LayerNormArgs& args, int64_t chunks, int which, void* out,
                              Range columns) {
  if (!out) return;
  const T* totals = static_cast<const T*>(args.totals) + which * args.n;
  for_each_vector<T>(columns, [&](int64_t i, int count) {
    GroupedTotal<Vec<T>> sum;
    for (int64_t k = 0; k < chunks; ++k) sum.add(Vec<T>::load(totals + k * 2 * args.n + i, count));
    sum.result().store(static_cast<T*>(out) + i, count);
  });
}

template <class T, RowNorm kind>
MARK1_DEVICE void backward(const LayerNormArgs& args, const Team& team) {
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), args.n);
  const bool totals = args.dscale || args.doffset;
  const int64_t chunks = (args.rows + kNormChunk - 1) / kNormChunk;
  const Range columns = static_range(args.n, 64, team);
  const bool even = chunks % team.size == 0 || chunks >= 4 * team.size;
  if (totals && even) {
    // Everything in one pass over whole chunks.
    const Range range = static_range(chunks, 1, team);
    for (int64_t k = range.begin; k < range.end; ++k) {
      const ChunkTotals<T> total(args, k);
      total.clear({0, args.n});
      backward_rows<T, kind>(args, rows_of_chunk(args, k), total.dscale, total.doffset, stream);
    }
    end_stream(stream);
    team.barrier();
  } else {
    // Few chunks: shared out by rows for dx, then by columns for the totals.
    backward_rows<T, kind>(args, static_range(args.rows, 1, team), static_cast<T*>(nullptr),
                           static_cast<T*>(nullptr), stream);
    end_stream(stream);
    if (!totals) return;
    for (int64_t k = 0; k < chunks; ++k) {
      const ChunkTotals<T> total(args, k);
      total.clear(columns);
      const Range rows = rows_of_chunk(args, k);
      each_block<4>(rows, args.n, false, [&]<int kRows>(int64_t row) {
        const GradientRows<T> at(args, row);
        for_each_vector<T>(columns, [&](int64_t i, int count) {
          add_to_totals<kRows>([&](int r) { return at.slope(r, i, count); },
                               [&](int r) { return at.h(r, i, count); }, total.dscale,
                               total.doffset, i, count);
        });
      });
    }
  }
  fold_chunks<T>(args, chunks, 0, args.dscale, columns);
  fold_chunks<T>(args, chunks, 1, args.doffset, columns);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
