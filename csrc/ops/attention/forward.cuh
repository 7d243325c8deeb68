// attention on a device, forward: a block of threads has m x 16 queries and passes by blocks of 64
// keys. Scores stay in registers, their exponentials go through shared memory to the sums of
// values; the output gathers in memory, where its thread alone touches it.
//
// A block of keys costs m x 1024 (depth + value_depth) multiply-adds, 8 m clocks of a
// multiprocessor for each number of depth. With m = 4 shared memory takes as long to answer as
// these, with m = 8 three quarters of that.
#pragma once

#include "ops/attention/tiles.cuh"

namespace mark1::cuda {
namespace {

template <class T, int m>
struct AttentionForward {
  static constexpr bool alone = false;
  // Of two blocks: one computes while the other waits.
  static constexpr int most_threads = m > 4 ? 2 * kThreads : kThreads;
  using Args = AttentionArgs;

  static constexpr int queries = m * 16, parts = kThreads / queries;
  static constexpr int together = queries > kSide ? queries / kSide : 1;  // blocks of queries
  static constexpr int q_stride = queries + 4;
  // Slices of queries and keys, or values in their place; then powers [key][query]; then what is
  // known of queries: maximum, sum, what the last block shrinks, and maxima of parts of a row.
  static constexpr int slices = kSlice * (q_stride + kStride);
  static constexpr int values = kSide * kStride > slices ? kSide * kStride : slices;
  static constexpr int powers = kSide * q_stride, stats = (3 + parts) * queries;
  static constexpr int64_t shared_bytes = (values + powers + stats) * sizeof(T) + kThreads / 8;

  static int64_t blocks(const Args& a) {
    return a.batch * a.heads * ((a.queries + queries - 1) / queries);
  }

  static MARK1_DEVICE void run(const Args& a, const gpu::Block& block) {
    const int64_t blocks = (a.queries + queries - 1) / queries, n = block.index() / blocks;
    AttentionForward(Head<T>(a, n / a.heads, n % a.heads), block, block.index() % blocks * queries)
        .attend();
  }

 private:
  MARK1_DEVICE AttentionForward(const Head<T>& head, const gpu::Block& block, int64_t first)
      : a(head.a),
        head(head),
        block_(block),
        first_(first),
        count_(static_cast<int>(a.queries - first < queries ? a.queries - first : queries)),
        thread_(block.thread()),
        own_(thread_),
        kept_(head) {
    values_ = block.shared<T>();
    powers_ = values_ + values;
    top_ = powers_ + powers;
    sum_ = top_ + queries;
    shrink_ = sum_ + queries;
    part_ = shrink_ + queries;
    votes_ = reinterpret_cast<uint32_t*>(part_ + parts * queries);
  }

  MARK1_DEVICE void attend() {
    if (thread_ < queries) {
      top_[thread_] = is_single<Vec<T>> ? -__FLT_MAX__ : -__DBL_MAX__;
      sum_[thread_] = 0;
    }
    each_output([&](int, int, T& out) { out = 0; });
    for (int64_t j = 0; j < a.keys; j += kSide) {
      const Range keys = block_of(j, a.keys);
      uint32_t seeing = 0;
      for (int i = 0; i < together; ++i) {
        const int64_t begin = first_ / kSide * kSide + i * kSide;
        if (begin >= a.queries) continue;
        const bool anyone = anyone_sees(block_, head, block_of(begin, a.queries), keys, votes_);
        seeing |= anyone ? 1u << i : 0u;
      }
      if (seeing != 0) add_keys(keys, seeing);
    }
    block_.sync();
    each_output([&](int i, int, T& out) { out *= factor(sum_[i]) * T(a.kept_scale); });
    if (thread_ < count_) {
      head.m(first_ + thread_) = top_[thread_];
      head.r(first_ + thread_) = factor(sum_[thread_]);
    }
  }

  // Bit i of `seeing`: block i of the queries sees any of these keys. For one that sees none, sums
  // stay as they are in any case, but zeros would change signs of outputs.
  MARK1_DEVICE void add_keys(Range keys, uint32_t seeing) {
    const auto count = static_cast<int>(keys.end - keys.begin);
    Tile<T, m> scores;
    block_.sync();  // powers of the block before have been read
    for (int64_t d = 0; d < a.depth; d += kSlice) {
      T* k_slice = values_ + kSlice * q_stride;
      block_.sync();
      put_across<queries>(
          values_, q_stride, thread_, count_, d, a.depth, [&](int i) { return head.q(first_ + i); },
          [&](int) { return T(a.scale); });
      put_across<kSide>(k_slice, kStride, thread_, count, d, a.depth,
                        [&](int j) { return head.k(keys.begin + j); });
      block_.sync();
      scores.add(values_ + own_.row * m, q_stride, k_slice + own_.column * 4,
                 a.depth - d < kSlice ? static_cast<int>(a.depth - d) : kSlice);
    }
    scores.each([&](int i, int j, T& s) {
      const int64_t query = first_ + own_.row * m + i, key = keys.begin + own_.column * 4 + j;
      if (query >= a.queries || key >= keys.end || !head.sees(query, key)) s = -__builtin_inf();
      power_of(i, j) = s;
    });
    block_.sync();
    find_tops();
    scores.each([&](int i, int j, T& s) {
      s = own_.column * 4 + j < count ? power(s - top_[own_.row * m + i]) : T(0);
      power_of(i, j) = s;
    });
    block_.sync();
    if (thread_ < queries) {
      T sum = 0;
      for (int j = 0; j < count; ++j) sum += powers_[j * q_stride + thread_];
      sum_[thread_] = fused(sum_[thread_], shrink_[thread_], sum);
    }
    if (a.state) {
      block_.sync();
      scores.each([&](int i, int j, T&) {
        if (!kept_(first_ + own_.row * m + i, keys.begin + own_.column * 4 + j)) power_of(i, j) = 0;
      });
    }
    for (int64_t e = 0; e < a.value_depth; e += kSide) {
      block_.sync();
      put_along(
          values_, thread_, count, e, a.value_depth, [&](int j) { return head.v(keys.begin + j); },
          [](T x, int) { return x; });
      block_.sync();
      Tile<T, m> totals;
      totals.add(powers_ + own_.row * m, q_stride, values_ + own_.column * 4, count);
      each_output(e, [&](int i, int j, int row, T& out) {
        if (together > 1 && (seeing >> row / kSide & 1) == 0) return;
        out = out * shrink_[row] + totals.at[i][j];
      });
    }
  }

  // The greatest score of every query, the first of equal ones; each row by several threads.
  MARK1_DEVICE void find_tops() {
    const int i = thread_ % queries, p = thread_ / queries;
    T top = -__builtin_inf();
    for (int j = p * (kSide / parts); j < (p + 1) * (kSide / parts); ++j) {
      const T s = powers_[j * q_stride + i];
      top = s > top ? s : top;
    }
    part_[thread_] = top;
    block_.sync();
    if (thread_ < queries) {
      const T before = top_[i];
      top = before;
      for (int q = 0; q < parts; ++q) {
        const T s = part_[q * queries + i];
        top = s > top ? s : top;
      }
      shrink_[i] = power(before - top);
      top_[i] = top;
    }
    block_.sync();
  }

  MARK1_DEVICE T& power_of(int i, int j) const {
    return powers_[(own_.column * 4 + j) * q_stride + own_.row * m + i];
  }
  static MARK1_DEVICE T factor(T sum) { return sum == 0 ? T(0) : 1 / sum; }

  // Calls f(i, j, row, out) for this thread's elements of columns first .. first + 63.
  template <class F>
  MARK1_DEVICE void each_output(int64_t first, F f) const {
#pragma unroll
    for (int i = 0; i < m; ++i) {
      const int row = own_.row * m + i;
      if (row >= count_) continue;
      T* out = head.out(first_ + row) + first;
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const int column = own_.column * 4 + j;
        if (first + column < a.value_depth) f(i, j, row, out[column]);
      }
    }
  }
  template <class F>
  MARK1_DEVICE void each_output(F f) const {
    for (int64_t e = 0; e < a.value_depth; e += kSide) {
      each_output(e, [&](int, int j, int row, T& out) { f(row, j, out); });
    }
  }

  const AttentionArgs& a;
  const Head<T> head;
  const gpu::Block& block_;
  const int64_t first_;
  const int count_, thread_;
  const Owned own_;
  Kept<T> kept_;
  T *values_, *powers_, *top_, *sum_, *shrink_, *part_;
  uint32_t* votes_;
};

}  // namespace
}  // namespace mark1::cuda
