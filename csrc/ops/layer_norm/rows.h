// The formulas of layer_norm over vectors of any width. The reference is this code with vectors of
// one lane: the row rule and the column rule spell out every lane, so nothing depends on the width.
#pragma once

#include "ops/layer_norm/layer_norm.h"
#include "simd/for_each.h"
#include "simd/row_sum.h"
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

  Factors(const void* given, T otherwise)
      : data(static_cast<const T*>(given)), otherwise(otherwise) {}
  Vec<T> at(int64_t i, int count) const {
    return data ? Vec<T>::load(data + i, count) : Vec<T>(otherwise);
  }
};

// 1 / (what a row is divided by), from the sum of squares.
template <class T, RowNorm kind>
inline T inverse_size(T squares, const LayerNormArgs& args) {
  if constexpr (kind == RowNorm::kUnit) {
    const Vec<T> r = Vec<T>(T(1)) / sqrt(Vec<T>(squares));
    return first(min(r, static_cast<T>(1 / args.epsilon)));
  } else {
    const T v = squares / static_cast<T>(args.n) + static_cast<T>(args.epsilon);
    return first(Vec<T>(T(1)) / sqrt(Vec<T>(v)));
  }
}

template <class T, RowNorm kind>
void forward(const LayerNormArgs& args, const Team& team) {
  const int64_t n = args.n;
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), n);
  const Factors<T> scale(args.scale, 1), offset(args.offset, 0);
  auto* stats = static_cast<T*>(args.stats);
  const Range range = static_range(args.rows, 1, team);
  for (int64_t r = range.begin; r < range.end; ++r) {
    const T* x = static_cast<const T*>(args.x) + r * n;
    T* y = static_cast<T*>(args.out) + r * n;
    Vec<T> m(T(0));
    if constexpr (kind == RowNorm::kLayer) {
      const auto element = [x](int64_t i, int count) { return Vec<T>::load(x + i, count); };
      m = Vec<T>(row_sum(n, element) / static_cast<T>(n));
    }
    const T squares = row_sum(n, [x, m](int64_t i, int count) {
      const Vec<T> d = Vec<T>::load(x + i, count) - m;
      return d * d;
    });
    const Vec<T> size(inverse_size<T, kind>(squares, args));
    for_each_vector<T>({0, n}, [&](int64_t i, int count) {
      const Vec<T> h = (Vec<T>::load(x + i, count) - m) * size;
      put(fma(h, scale.at(i, count), offset.at(i, count)), y + i, count, stream);
    });
    stats[r] = first(m);
    stats[args.rows + r] = first(size);
  }
  end_stream(stream);
}

// One row seen by the gradient.
template <class T>
struct GradientRow {
  const T* x;
  const T* dy;
  Vec<T> m, r;

  GradientRow(const LayerNormArgs& args, int64_t row)
      : x(static_cast<const T*>(args.x) + row * args.n),
        dy(static_cast<const T*>(args.dy) + row * args.n),
        m(static_cast<const T*>(args.stats)[row]),
        r(static_cast<const T*>(args.stats)[args.rows + row]) {}
  Vec<T> h(int64_t i, int count) const { return (Vec<T>::load(x + i, count) - m) * r; }
  Vec<T> slope(int64_t i, int count) const { return Vec<T>::load(dy + i, count); }
};

// Adds a row's part of dscale and doffset to the totals of its chunk.
template <class T>
inline void add_to_totals(Vec<T> dy, Vec<T> h, T* dscale, T* doffset, int64_t i, int count) {
  if (dscale) fma(dy, h, Vec<T>::load(dscale + i, count)).store(dscale + i, count);
  if (doffset) (Vec<T>::load(doffset + i, count) + dy).store(doffset + i, count);
}

// dx of a row, and if there are totals, those of the row's chunk.
template <class T, RowNorm kind>
void backward_row(const LayerNormArgs& args, int64_t row, T* dscale, T* doffset, bool stream) {
  const int64_t n = args.n;
  const GradientRow<T> at(args, row);
  const Factors<T> scale(args.scale, 1);
  T* dx = static_cast<T*>(args.out) + row * n;
  const auto [g_sum, gh_sum] = row_sum_pair(n, [&](int64_t i, int count) {
    const Vec<T> g = at.slope(i, count) * scale.at(i, count);
    return VecPair<T>{g, g * at.h(i, count)};
  });
  const T count_of_row = static_cast<T>(n);
  T b = gh_sum / count_of_row;
  if constexpr (kind == RowNorm::kUnit) {
    b = first(at.r) >= static_cast<T>(1 / args.epsilon) ? T(0) : gh_sum;
  }
  const Vec<T> minus_b(-b), a(g_sum / count_of_row);
  for_each_vector<T>({0, n}, [&](int64_t i, int count) {
    const Vec<T> dy = at.slope(i, count), h = at.h(i, count);
    Vec<T> g = dy * scale.at(i, count);
    if constexpr (kind == RowNorm::kLayer) g = g - a;
    put(at.r * fma(h, minus_b, g), dx + i, count, stream);
    add_to_totals(dy, h, dscale, doffset, i, count);
  });
}

// The totals of one chunk of rows, or null where none are wanted.
template <class T>
struct ChunkTotals {
  T* dscale;
  T* doffset;

  ChunkTotals(const LayerNormArgs& args, int64_t chunk)
      : dscale(args.dscale ? static_cast<T*>(args.totals) + chunk * 2 * args.n : nullptr),
        doffset(args.doffset ? static_cast<T*>(args.totals) + (chunk * 2 + 1) * args.n : nullptr) {}
  void clear(Range columns) const {
    for_each_vector<T>(columns, [&](int64_t i, int count) {
      if (dscale) Vec<T>(T(0)).store(dscale + i, count);
      if (doffset) Vec<T>(T(0)).store(doffset + i, count);
    });
  }
};

inline Range rows_of_chunk(const LayerNormArgs& args, int64_t chunk) {
  const int64_t begin = chunk * kNormChunk, end = begin + kNormChunk;
  return {begin, end < args.rows ? end : args.rows};
}

// Sums of chunk totals, of the columns in range.
template <class T>
void fold_chunks(const LayerNormArgs& args, int64_t chunks, int which, void* out, Range columns) {
  if (!out) return;
  const T* totals = static_cast<const T*>(args.totals) + which * args.n;
  for_each_vector<T>(columns, [&](int64_t i, int count) {
    GroupedTotal<Vec<T>> sum;
    for (int64_t k = 0; k < chunks; ++k) sum.add(Vec<T>::load(totals + k * 2 * args.n + i, count));
    sum.result().store(static_cast<T*>(out) + i, count);
  });
}

template <class T, RowNorm kind>
void backward(const LayerNormArgs& args, const Team& team) {
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
      const Range rows = rows_of_chunk(args, k);
      for (int64_t r = rows.begin; r < rows.end; ++r) {
        backward_row<T, kind>(args, r, total.dscale, total.doffset, stream);
      }
    }
    end_stream(stream);
    team.barrier();
  } else {
    // Few chunks: shared out by rows for dx, then by columns for the totals.
    const Range range = static_range(args.rows, 1, team);
    for (int64_t r = range.begin; r < range.end; ++r) {
      backward_row<T, kind>(args, r, nullptr, nullptr, stream);
    }
    end_stream(stream);
    if (!totals) return;
    for (int64_t k = 0; k < chunks; ++k) {
      const ChunkTotals<T> total(args, k);
      total.clear(columns);
      const Range rows = rows_of_chunk(args, k);
      for (int64_t r = rows.begin; r < rows.end; ++r) {
        const GradientRow<T> at(args, r);
        for_each_vector<T>(columns, [&](int64_t i, int count) {
          add_to_totals(at.slope(i, count), at.h(i, count), total.dscale, total.doffset, i, count);
        });
      }
    }
  }
  fold_chunks<T>(args, chunks, 0, args.dscale, columns);
  fold_chunks<T>(args, chunks, 1, args.doffset, columns);
}

template <class T, RowNorm kind>
constexpr Kernel<LayerNormArgs> forward_kernel() {
  return make_kernel<LayerNormArgs, &forward<T, kind>>();
}
template <class T, RowNorm kind>
constexpr Kernel<LayerNormArgs> backward_kernel() {
  return make_kernel<LayerNormArgs, &backward<T, kind>>();
}

#define MARK1_BOTH(kernel, kind) {kernel<float, RowNorm::kind>(), kernel<double, RowNorm::kind>()}

constexpr LayerNormKernels make_layer_norm_kernels() {
  return {
      {MARK1_BOTH(forward_kernel, kLayer), MARK1_BOTH(forward_kernel, kRms),
       MARK1_BOTH(forward_kernel, kUnit)},
      {MARK1_BOTH(backward_kernel, kLayer), MARK1_BOTH(backward_kernel, kRms),
       MARK1_BOTH(backward_kernel, kUnit)},
  };
}

#undef MARK1_BOTH

}  // namespace

const LayerNormKernels layer_norm_kernels = make_layer_norm_kernels();

}  // namespace MARK1_ISA
}  // namespace mark1
