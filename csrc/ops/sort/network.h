// Rows sorted by their values alone, as many at once as a vector has lanes: element i of all these
// rows is vector i, and a network of exchanges of vectors sorts every lane (K. Batcher: Sorting
// networks and their applications. AFIPS 1968; here its bitonic form, whose blocks are
// independent).
//
// Keys are signed integers that are ordered as the elements are. Elements that are not there, up to
// a whole block, are greater than all others, and each exchange leaves the greater one behind.
#pragma once

#include "ops/sort/keys.h"
#include "simd/order.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Floating-point numbers of the element's size, which vectors load and transpose.
template <class T>
struct Carrier {
  using type = float;
};
template <>
struct Carrier<double> {
  using type = double;
};
template <>
struct Carrier<int64_t> {
  using type = double;
};

template <class T>
struct Network {
  using R = typename Carrier<T>::type;
  using V = Vec<R>;
  using Int = typename V::Int;
  using Bits = typename Int::Scalar;
  static constexpr int width = V::width;
  static constexpr int block = sizeof(V) == 64 ? 16 : 8;  // as many as there are registers, by half
  static constexpr Bits most = static_cast<Bits>(~typename Key<T>::type(0) >> 1);
  static constexpr bool real = T(0.5) != T(0);

  Bits* keys;     // `room` vectors, a multiple of `block`
  int64_t count;  // elements of a row
  int64_t room;
  bool signed_zeros;  // a row of this group holds -0, which a key does not tell from 0

  Network(char* scratch, int64_t n)
      : keys(reinterpret_cast<Bits*>(scratch)),
        count(n),
        room((n + block - 1) / block * block),
        signed_zeros(false) {}

  // `rows` rows of x, at most `width`.
  void sort(const T* x, int rows, T* out) {
    signed_zeros = false;
    load(reinterpret_cast<const R*>(x), rows);
    for (int64_t i = count; i < room; ++i) Int(most).store(keys + i * width);
    int64_t size = block;
    while (size < room) size *= 2;
    sort_range(0, size);
    store(reinterpret_cast<R*>(out), rows);
    for (int r = 0; signed_zeros && r < rows; ++r)
      restore_zeros(x + r * count, count, out + r * count);
  }

  // Zeros are equal: those of x, in their order, replace what stands for them.
  static void restore_zeros(const T* x, int64_t n, T* out) {
    int64_t at = 0;
    while (at < n && !(out[at] == 0)) ++at;
    for (int64_t i = 0; at < n && i < n; ++i) {
      if (x[i] == 0) out[at++] = x[i];
    }
  }

 private:
  static Int turned(Int b) { return select(Int(0) > b, b ^ Int(most), b); }

  Int key_of_vector(V x) {
    const Int b = bits(x);
    if constexpr (!real) return b;
    signed_zeros |= any(b == Int(static_cast<Bits>(~most)));
    return select(x == V(R(0)), Int(0), select(is_nan(x), Int(most), turned(b)));
  }

  void load_columns(const R* x, int64_t c) {
    V columns[V::block];
    V::load_block(x + c, count, columns);
    for (int j = 0; j < V::block; ++j) key_of_vector(columns[j]).store(keys + (c + j) * width);
  }

  void load(const R* x, int rows) {
    int64_t c = 0;
    if (rows == width && count >= V::block) {
      for (; c + V::block <= count; c += V::block) load_columns(x, c);
      if (c < count) load_columns(x, count - V::block);
      return;
    }
    alignas(64) R column[width] = {};
    for (; c < count; ++c) {
      for (int r = 0; r < rows; ++r) __builtin_memcpy(column + r, x + r * count + c, sizeof(R));
      key_of_vector(V::load(column)).store(keys + c * width);
    }
  }

  void store(R* out, int rows) const {
    const R* from = reinterpret_cast<const R*>(keys);
    for (int64_t c = 0; c < count; c += width) {
      const int left = static_cast<int>(count - c < width ? count - c : width);
      for (int r = 0; r < rows; r += V::block) {
        V lines[V::block];
        V::load_block(from + c * width + r, width, lines);
        for (int k = 0; k < V::block && r + k < rows; ++k) {
          const V line = real ? from_bits(turned(bits(lines[k]))) : lines[k];
          line.store(out + (r + k) * count + c, left);
        }
      }
    }
  }

  static void exchange(Int& a, Int& b) {
    const Int low = min(a, b);
    b = max(a, b);
    a = low;
  }

  // Exchanges at distance d, d / 2, ... 1: each half of what they reach is sorted then.
  template <int d>
  [[gnu::always_inline]] static void merge(Int* v) {
    if constexpr (d > 0) {
#pragma GCC unroll 16
      for (int i = 0; i < block; ++i) {
        if (!(i & d)) exchange(v[i], v[i + d]);
      }
      merge<d / 2>(v);
    }
  }

  // Sorted runs of `size` become sorted runs of 2 size.
  template <int size>
  [[gnu::always_inline]] static void sort_runs(Int* v) {
    if constexpr (size < block) {
#pragma GCC unroll 16
      for (int i = 0; i < block; ++i) {
        if (!(i & size)) exchange(v[i], v[i ^ (2 * size - 1)]);
      }
      merge<size / 2>(v);
      sort_runs<2 * size>(v);
    }
  }

  template <bool whole>
  void in_registers(int64_t first) const {
    Bits* p = keys + first * width;
    Int v[block];
#pragma GCC unroll 16
    for (int i = 0; i < block; ++i) v[i] = Int::load(p + i * width);
    if constexpr (whole) {
      sort_runs<1>(v);
    } else {
      merge<block / 2>(v);
    }
#pragma GCC unroll 16
    for (int i = 0; i < block; ++i) v[i].store(p + i * width);
  }

  void exchange_at(int64_t i, int64_t j) const {
    Int a = Int::load(keys + i * width), b = Int::load(keys + j * width);
    exchange(a, b);
    a.store(keys + i * width);
    b.store(keys + j * width);
  }

  void sort_range(int64_t first, int64_t size) const {
    if (first >= room) return;
    if (size == block) return in_registers<true>(first);
    sort_range(first, size / 2);
    sort_range(first + size / 2, size / 2);
    const int64_t last = first + size - 1, end = last < room ? last + 1 : room;
    for (int64_t i = first + (last + 1 - end); i < first + size / 2; ++i) {
      exchange_at(i, first + last - i);
    }
    for (int64_t d = size / 4; d >= block; d /= 2) {
      for (int64_t begin = first; begin + d < end; begin += 2 * d) {
        const int64_t stop = begin + d < end - d ? begin + d : end - d;
        for (int64_t i = begin; i < stop; ++i) exchange_at(i, i + d);
      }
    }
    for (int64_t i = first; i < end; i += block) in_registers<false>(i);
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
