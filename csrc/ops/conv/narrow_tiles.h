// The inner kernels for groups of a few outputs, whose lanes are columns: neighbouring windows over
// the terms of a chunk, and neighbouring terms over its windows.
#pragma once

#include "ops/conv/narrow.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Chains enough to hide the latency of a multiply-add that waits for a load; with 8 a Zen 5 reaches
// half the speed. Three taps and what lies under them need registers, too.
#if defined(MARK1_ISA_avx512)
inline constexpr int kNarrowRows = 12;
#else
inline constexpr int kNarrowRows = 8;
#endif

template <class T>
struct NarrowTile : Tile<T> {
  int64_t at;    // elements of a beyond the pieces' addresses
  int64_t term;  // from term to term
  int64_t next;  // of y that is written soon, to be fetched
};

// Three neighbouring taps of neighbouring windows: what lies under them is read once. `a` is under
// the first tap of the first window.
template <bool ascending, class T, int rows>
[[gnu::always_inline]] inline void slide(const T* a, const T* b, const NarrowTile<T>& t,
                                         Vec<T> (&sum)[rows][1]) {
  using V = Vec<T>;
  const V first = V::load(b), second = V::load(b + t.b_stride), third = V::load(b + 2 * t.b_stride);
  const T* from = ascending ? a : a - 2 * t.a_stride;
  V left = V::load(from), middle = V::load(from + t.a_stride);
  from += 2 * t.a_stride;
#pragma GCC unroll 12
  for (int i = 0; i < rows; ++i) {
    const V right = V::load(from);
    from += t.a_stride;
    sum[i][0] = fma(ascending ? left : right, first, sum[i][0]);
    sum[i][0] = fma(middle, second, sum[i][0]);
    sum[i][0] = fma(ascending ? right : left, third, sum[i][0]);
    left = middle;
    middle = right;
  }
}

// a_stride lies between windows.
template <class T, int rows>
void run_windows(const NarrowTile<T>& t) {
  using V = Vec<T>;
  V sum[rows][1];
#pragma GCC unroll 12
  for (int i = 0; i < rows; ++i) {
    __builtin_prefetch(t.y + i * t.y_stride + t.next, 1);
    sum[i][0] = V(T(0));
  }
  for (int n = 0; n < t.count; ++n) {
    const T* from = t.pieces[n].a + t.at;
    const T* b = t.b + t.pieces[n].b;
    int64_t left = t.pieces[n].k;
    if (rows > 2 && (t.term == t.a_stride || t.term == -t.a_stride)) {
      for (; left >= 3; left -= 3) {
        if (t.term == t.a_stride) {
          slide<true>(from, b, t, sum);
        } else {
          slide<false>(from, b, t, sum);
        }
        from += 3 * t.term;
        b += 3 * t.b_stride;
      }
    }
    const T* a[(rows + 3) / 4];
#pragma GCC unroll 3
    for (int i = 0; i < (rows + 3) / 4; ++i) a[i] = from + 4 * i * t.a_stride;
    for (; left > 0; --left) {
      const V weights = V::load(b);
#pragma GCC unroll 12
      for (int i = 0; i < rows; ++i) {
        sum[i][0] = fma(V::load(a[i / 4] + i % 4 * t.a_stride), weights, sum[i][0]);
      }
#pragma GCC unroll 3
      for (int i = 0; i < (rows + 3) / 4; ++i) a[i] += t.term;
      b += t.b_stride;
    }
  }
  finish(t, sum);
}

template <class T>
struct NarrowTiles {
  void (*run[kNarrowRows + 1])(const NarrowTile<T>&);
};

template <class T, int rows>
constexpr void fill(NarrowTiles<T>& tiles) {
  if constexpr (rows > 0) {
    tiles.run[rows] = &run_windows<T, rows>;
    fill<T, rows - 1>(tiles);
  }
}

template <class T>
constexpr NarrowTiles<T> make_narrow_tiles() {
  NarrowTiles<T> tiles{};
  fill<T, kNarrowRows>(tiles);
  return tiles;
}

template <class T>
constexpr NarrowTiles<T> kNarrowTiles = make_narrow_tiles<T>();

inline constexpr int kTermsTogether = 4;
inline constexpr int kLinesTogether = 3;

// Windows that lie evenly: below each of so many lines, and in dy.
template <class T>
struct Stretch {
  const T* a[kLinesTogether];
  int64_t b;
  int64_t windows;
};

template <class T>
struct NarrowFilterTile : Tile<T> {
  const Stretch<T>* stretches;
  int64_t at;    // elements of a beyond the stretches' addresses
  int64_t term;  // from term to term
};

// Vectors of columns per tile: with terms and lines as many sums as registers can hold.
#if defined(MARK1_ISA_avx512)
inline constexpr int kColumnsTogether = 2;
#else
inline constexpr int kColumnsTogether = 1;
#endif

// a_stride lies between windows; y_stride between terms.
template <class T, int lines, int terms, int vectors>
void run_filter_terms(const NarrowFilterTile<T>& t) {
  using V = Vec<T>;
  V sum[lines * terms][vectors];
#pragma GCC unroll 12
  for (int i = 0; i < lines * terms; ++i) {
#pragma GCC unroll 2
    for (int v = 0; v < vectors; ++v) sum[i][v] = V(T(0));
  }
  for (int n = 0; n < t.count; ++n) {
    const Stretch<T>& stretch = t.stretches[n];
    const T* dy = t.b + stretch.b;
    const T* a[lines];
#pragma GCC unroll 3
    for (int l = 0; l < lines; ++l) a[l] = stretch.a[l] + t.at;
    for (int64_t k = 0; k < stretch.windows; ++k) {
      V right[vectors];
#pragma GCC unroll 2
      for (int v = 0; v < vectors; ++v) {
        const T* from = dy + v * V::width;
        right[v] = t.b_lanes == V::width ? V::load(from) : V::load(from, t.b_lanes);
      }
#pragma GCC unroll 3
      for (int l = 0; l < lines; ++l) {
#pragma GCC unroll 4
        for (int i = 0; i < terms; ++i) {
#pragma GCC unroll 2
          for (int v = 0; v < vectors; ++v) {
            V& s = sum[l * terms + i][v];
            s = fma(V::load(a[l] + i * t.term + v * V::width), right[v], s);
          }
        }
        a[l] += t.a_stride;
      }
      dy += t.b_stride;
    }
  }
  finish(t, sum);
}

template <class T>
struct NarrowFilterTiles {
  using Run = void (*)(const NarrowFilterTile<T>&);
  Run run[kLinesTogether + 1][kTermsTogether + 1][kColumnsTogether + 1];
};

template <class T, int lines, int terms, int vectors>
constexpr void fill(NarrowFilterTiles<T>& tiles) {
  if constexpr (vectors > 0) {
    tiles.run[lines][terms][vectors] = &run_filter_terms<T, lines, terms, vectors>;
    fill<T, lines, terms, vectors - 1>(tiles);
  } else if constexpr (terms > 1) {
    fill<T, lines, terms - 1, kColumnsTogether>(tiles);
  } else if constexpr (lines > 1) {
    fill<T, lines - 1, kTermsTogether, kColumnsTogether>(tiles);
  }
}

template <class T>
constexpr NarrowFilterTiles<T> make_narrow_filter_tiles() {
  NarrowFilterTiles<T> tiles{};
  fill<T, kLinesTogether, kTermsTogether, kColumnsTogether>(tiles);
  return tiles;
}

template <class T>
constexpr NarrowFilterTiles<T> kNarrowFilterTiles = make_narrow_filter_tiles<T>();

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
