// Blocks of 64 by 64 elements by a block of threads: what they read lies in shared memory, and each
// thread owns a tile of 4 columns and a few rows.
#pragma once

#include "cuda/block.h"
#include "cuda/numbers.h"
#include "ops/attention/head.h"

namespace mark1::cuda {
namespace {

constexpr int kSide = int{kAttentionBlock}, kThreads = 256;
constexpr int kSlice = 32;          // of a depth, in shared memory at a time
constexpr int kStride = kSide + 4;  // of what has 64 columns: spreads rows over the banks

// Which tile of 16 x 16 a thread owns. Of four neighbours two share rows and two columns, so that
// shared memory answers them together; a warp has 4 x 8.
struct Owned {
  int row, column;
  MARK1_DEVICE explicit Owned(int thread) {
    const int lane = thread % 32, warp = thread / 32;
    row = warp / 2 * 4 + lane % 2 + lane / 4 % 2 * 2;
    column = warp % 2 * 8 + lane / 2 % 2 + lane / 8 * 2;
  }
};

// m x 4 sums: of rows owned.row m + i and columns owned.column 4 + j.
template <class T, int m>
struct Tile {
  T at[m][4] = {};

  // Term k of the sums, ascending: a[k] of a row times b[k] of a column, both side by side.
  MARK1_DEVICE void add(const T* a, int a_stride, const T* b, int count) {
    const auto term = [&](int k) {
      const auto left = *reinterpret_cast<const Numbers<T, m>*>(a + k * a_stride);
      const auto right = *reinterpret_cast<const Numbers<T, 4>*>(b + k * kStride);
#pragma unroll
      for (int i = 0; i < m; ++i) {
#pragma unroll
        for (int j = 0; j < 4; ++j) at[i][j] = fused(left.at[i], right.at[j], at[i][j]);
      }
    };
    constexpr int at_once = m > 4 ? 4 : 8;  // as many as there are registers for
    int k = 0;
    for (; k + at_once <= count; k += at_once) {
#pragma unroll
      for (int i = 0; i < at_once; ++i) term(k + i);
    }
#pragma unroll 1
    for (; k < count; ++k) term(k);
  }
  template <class F>
  MARK1_DEVICE void each(F f) {
#pragma unroll
    for (int i = 0; i < m; ++i) {
#pragma unroll
      for (int j = 0; j < 4; ++j) f(i, j, at[i][j]);
    }
  }
};

// The elements first .. first + 3 of a row of n numbers at p; where there are none, zeros.
template <class T>
MARK1_DEVICE inline Numbers<T, 4> four_of(const T* p, int64_t first, int64_t n) {
  const auto place = reinterpret_cast<uintptr_t>(p + first);  // arrays of others begin anywhere
  if (place % 16 == 0 && first + 4 <= n) return *reinterpret_cast<const Numbers<T, 4>*>(p + first);
  Numbers<T, 4> four = {};
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    if (first + i < n) four.at[i] = p[first + i];
  }
  return four;
}

// Rows 0 .. count - 1 of `rows`, of each the numbers first .. first + kSlice - 1 of n, times its
// factor, to to[number][row]. Neighbours take different rows, for the banks.
template <int rows, class T, class Row, class Factor>
MARK1_DEVICE inline void put_across(T* to, int stride, int thread, int count, int64_t first,
                                    int64_t n, Row row, Factor factor) {
  for (int e = thread; e < rows * (kSlice / 4); e += kThreads) {
    const int i = e % rows, k = e / rows * 4;
    Numbers<T, 4> four = {};
    if (i < count) four = four_of(row(i), first + k, n);
    const T times = i < count ? factor(i) : T(0);
#pragma unroll
    for (int c = 0; c < 4; ++c) to[(k + c) * stride + i] = four.at[c] * times;
  }
}
template <int rows, class T, class Row>
MARK1_DEVICE inline void put_across(T* to, int stride, int thread, int count, int64_t first,
                                    int64_t n, Row row) {
  for (int e = thread; e < rows * (kSlice / 4); e += kThreads) {
    const int i = e % rows, k = e / rows * 4;
    Numbers<T, 4> four = {};
    if (i < count) four = four_of(row(i), first + k, n);
#pragma unroll
    for (int c = 0; c < 4; ++c) to[(k + c) * stride + i] = four.at[c];
  }
}

// Rows 0 .. count - 1, of each the numbers first .. first + 63 of n, to to[row][number].
template <class T, class Row, class Change>
MARK1_DEVICE inline void put_along(T* to, int thread, int count, int64_t first, int64_t n, Row row,
                                   Change change) {
  for (int e = thread; e < count * (kSide / 4); e += kThreads) {
    const int i = e / (kSide / 4), k = e % (kSide / 4) * 4;
    Numbers<T, 4> four = four_of(row(i), first + k, n);
#pragma unroll
    for (T& x : four.at) x = change(x, i);
    *reinterpret_cast<Numbers<T, 4>*>(to + i * kStride + k) = four;
  }
}

// Whether any query of a block sees any of its keys; all threads ask. `votes`: a word for each
// warp.
template <class T>
MARK1_DEVICE inline bool anyone_sees(const gpu::Block& block, const Head<T>& head, Range queries,
                                     Range keys, uint32_t* votes) {
  const AttentionArgs& a = head.a;
  if (a.causal && keys.begin >= queries.end) return false;
  if (!a.mask && !a.query_mask && !a.key_mask) return true;
  bool mine = false;
  for (int e = block.thread(); e < kSide * kSide; e += kThreads) {
    const int64_t i = queries.begin + e / kSide, j = keys.begin + e % kSide;
    mine = mine || (i < queries.end && j < keys.end && head.sees(i, j));
  }
  const uint32_t warp = gpu::ballot(mine);
  if (gpu::lane() == 0) votes[block.thread() / 32] = warp;
  block.sync();
  uint32_t any = 0;
  for (int i = 0; i < kThreads / 32; ++i) any |= votes[i];
  block.sync();
  return any != 0;
}

// What dropout keeps of the queries and keys that one thread owns, whose words come in fours.
template <class T>
class Kept {
 public:
  MARK1_DEVICE explicit Kept(const Head<T>& head)
      : a_(head.a), head_((head.b * a_.heads + head.h) * a_.queries) {
    if (a_.state) seed_ = {uint64_t(a_.state[0]), kDropoutStream, uint32_t(uint64_t(a_.state[1]))};
  }
  MARK1_DEVICE bool operator()(int64_t i, int64_t j) {
    if (!a_.state) return true;
    const uint64_t element = uint64_t((head_ + i) * a_.keys + j);
    if (!drawn_ || element / 4 != four_) {
      seed_.words(element / 4, words_);
      four_ = element / 4;
      drawn_ = true;
    }
    const auto which = static_cast<int>(element % 4);
    const uint32_t word = which == 0   ? words_[0]
                          : which == 1 ? words_[1]
                          : which == 2 ? words_[2]
                                       : words_[3];
    return word >= a_.threshold;
  }

 private:
  const AttentionArgs& a_;
  const int64_t head_;
  Philox seed_ = {};
  uint64_t four_ = 0;
  bool drawn_ = false;
  uint32_t words_[4] = {};
};

}  // namespace
}  // namespace mark1::cuda
