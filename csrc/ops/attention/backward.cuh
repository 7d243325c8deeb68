// attention on a device, backward: a block of threads makes the gradients of 64 keys and values, in
// another grid one those of 64 queries. Both make the scores anew; what gathers the totals of
// blocks lies in memory, where its thread alone touches it.
#pragma once

#include "ops/attention/tiles.cuh"

namespace mark1::cuda {
namespace {

// r_i sum_e dout_ie out_ie of every query, to the workspace: a warp for each, whose threads are the
// virtual lanes of the row rule.
template <class T>
struct AttentionMeans {
  static constexpr bool alone = false;
  using Args = AttentionArgs;

  static MARK1_DEVICE void run(const Args& a, const gpu::Block& block) {
    const int64_t n = (block.index() * block.threads() + block.thread()) / 32;
    if (n >= a.batch * a.heads * a.queries) return;
    const int64_t i = n % a.queries, bh = n / a.queries;
    const Head<T> head(a, bh / a.heads, bh % a.heads);
    const T *dout = head.dout(i), *out = head.out(i);
    GroupedTotal<T> sum;
    for (int64_t begin = 0; begin < a.value_depth; begin += row_segment) {
      const int64_t left = a.value_depth - begin;
      const int64_t end = begin + (left < row_segment ? left : row_segment);
      T lane = 0;
      for (int64_t e = begin + gpu::lane(); e < end; e += 32) lane = lane + dout[e] * out[e];
      for (int half = 16; half > 0; half /= 2) lane = lane + gpu::shuffle_down(lane, half);
      sum.add(lane);
    }
    if (gpu::lane() == 0) static_cast<T*>(a.workspace)[n] = head.r(i) * sum.result();
  }
};

// What both grids make of a block of queries and keys: powers and gradients of scores.
template <class T>
class BlockGradients {
 public:
  static constexpr int slices = 2 * kSlice * kStride;
  static constexpr int values = kSide * kStride > slices ? kSide * kStride : slices;
  static constexpr int64_t shared_bytes =
      (values + kSide * kStride) * int64_t{sizeof(T)} + kThreads / 8;

  MARK1_DEVICE explicit BlockGradients(const gpu::Block& block)
      : block_(block),
        thread(block.thread()),
        own(thread),
        values_(block.shared<T>()),
        matrix(values_ + values),
        votes(reinterpret_cast<uint32_t*>(matrix + kSide * kStride)) {}

  // Leaves e_ij in `powers` and its gradient in `slopes`, zeros where there is no element.
  MARK1_DEVICE void make(const Head<T>& head, Range queries, Range keys, Tile<T, 4>& powers,
                         Tile<T, 4>& slopes) {
    const AttentionArgs& a = head.a;
    powers = {};
    slopes = {};
    product(
        powers, a.depth, queries, keys, [&](int i) { return head.q(queries.begin + i); },
        [&](int) { return T(a.scale); }, [&](int j) { return head.k(keys.begin + j); });
    product(
        slopes, a.value_depth, queries, keys, [&](int i) { return head.dout(queries.begin + i); },
        [&](int i) { return head.r(queries.begin + i) * T(a.kept_scale); },
        [&](int j) { return head.v(keys.begin + j); });
    Kept<T> kept(head);
    const T* means = static_cast<const T*>(a.workspace) + (head.b * a.heads + head.h) * a.queries;
    powers.each([&](int i, int j, T& p) {
      const int64_t query = queries.begin + own.row * 4 + i, key = keys.begin + own.column * 4 + j;
      T& ds = slopes.at[i][j];
      if (query >= queries.end || key >= keys.end) {
        p = ds = 0;
        return;
      }
      const T score = head.sees(query, key) ? p : T(-__builtin_inf());
      const T e = power(score - head.m(query));
      const bool keep = kept(query, key);
      ds = e * ((keep ? ds : T(0)) - means[query]);
      p = keep ? e : T(0);
    });
  }

  // gradient[row][first + column] += sum over `count` terms k of factors[k][row] terms[k][column].
  template <class Term, class Change, class Gradient>
  MARK1_DEVICE void gather(const T* factors, int count, int rows, int64_t n, Term term,
                           Change change, Gradient gradient) {
    for (int64_t first = 0; first < n; first += kSide) {
      block_.sync();
      put_along(values_, thread, count, first, n, term, change);
      block_.sync();
      Tile<T, 4> totals;
      totals.add(factors + own.row * 4, kStride, values_ + own.column * 4, count);
      each(first, rows, n, gradient, [&](int i, int j, T& x) { x += totals.at[i][j]; });
    }
  }
  // Calls f(i, j, element) for what this thread owns of columns first .. first + 63.
  template <class Gradient, class F>
  MARK1_DEVICE void each(int64_t first, int rows, int64_t n, Gradient gradient, F f) const {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      if (own.row * 4 + i >= rows) continue;
      T* x = gradient(own.row * 4 + i) + first;
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        if (first + own.column * 4 + j < n) f(i, j, x[own.column * 4 + j]);
      }
    }
  }
  template <class Gradient, class F>
  MARK1_DEVICE void each_of_all(int rows, int64_t n, Gradient gradient, F f) const {
    for (int64_t first = 0; first < n; first += kSide) {
      each(first, rows, n, gradient, [&](int, int, T& x) { f(x); });
    }
  }

 private:
  const gpu::Block& block_;

 public:
  const int thread;
  const Owned own;

 private:
  template <class Left, class Factor, class Right>
  MARK1_DEVICE void product(Tile<T, 4>& sums, int64_t n, Range queries, Range keys, Left left,
                            Factor factor, Right right) {
    T* other = values_ + kSlice * kStride;
    for (int64_t k = 0; k < n; k += kSlice) {
      block_.sync();
      put_across<kSide>(values_, kStride, thread, static_cast<int>(queries.end - queries.begin), k,
                        n, left, factor);
      put_across<kSide>(other, kStride, thread, static_cast<int>(keys.end - keys.begin), k, n,
                        right);
      block_.sync();
      sums.add(values_ + own.row * 4, kStride, other + own.column * 4,
               n - k < kSlice ? static_cast<int>(n - k) : kSlice);
    }
  }

  T* values_;

 public:
  T* matrix;  // factors of a product, by terms
  uint32_t* votes;
};

// dk and dv of a block of keys: all heads that read them, and of each all blocks of queries.
template <class T>
struct KeyGradients {
  static constexpr bool alone = false;
  static constexpr int most_threads = kThreads;
  static constexpr int64_t shared_bytes = BlockGradients<T>::shared_bytes;
  using Args = AttentionArgs;

  static MARK1_DEVICE void run(const Args& a, const gpu::Block& block) {
    const int64_t blocks = (a.keys + kSide - 1) / kSide, n = block.index() / blocks;
    const int64_t readers = a.heads / a.groups, b = n / a.groups, first = n % a.groups * readers;
    const Range keys = block_of(block.index() % blocks * kSide, a.keys);
    const auto count = static_cast<int>(keys.end - keys.begin);
    BlockGradients<T> gradients(block);
    const Owned& own = gradients.own;
    const Head<T> any(a, b, first);
    const auto dk = [&](int j) { return any.dk(keys.begin + j); };
    const auto dv = [&](int j) { return any.dv(keys.begin + j); };
    gradients.each_of_all(count, a.depth, dk, [](T& x) { x = 0; });
    gradients.each_of_all(count, a.value_depth, dv, [](T& x) { x = 0; });
    for (int64_t h = first; h < first + readers; ++h) {
      const Head<T> head(a, b, h);
      for (int64_t i = 0; i < a.queries; i += kSide) {
        const Range queries = block_of(i, a.queries);
        if (!anyone_sees(block, head, queries, keys, gradients.votes)) continue;
        const auto rows = static_cast<int>(queries.end - queries.begin);
        Tile<T, 4> powers, slopes;
        gradients.make(head, queries, keys, powers, slopes);
        // Rows are queries: terms of the sums over them. One matrix after the other, since both in
        // float64 are more than the shared memory of some GPUs.
        const auto put = [&](const Tile<T, 4>& tile) {
          for (int q = 0; q < 4; ++q) {
            T* to = gradients.matrix + (own.row * 4 + q) * kStride + own.column * 4;
            for (int j = 0; j < 4; ++j) to[j] = tile.at[q][j];
          }
        };
        put(powers);
        gradients.gather(
            gradients.matrix, rows, count, a.value_depth,
            [&](int q) { return head.dout(queries.begin + q); },
            [&](T x, int q) { return x * (head.r(queries.begin + q) * T(a.kept_scale)); }, dv);
        block.sync();
        put(slopes);
        gradients.gather(
            gradients.matrix, rows, count, a.depth,
            [&](int q) { return head.q(queries.begin + q); },
            [&](T x, int) { return x * T(a.scale); }, dk);
      }
    }
  }
};

// dq of a block of queries: all blocks of keys.
template <class T>
struct QueryGradients {
  static constexpr bool alone = false;
  static constexpr int most_threads = kThreads;
  static constexpr int64_t shared_bytes = BlockGradients<T>::shared_bytes;
  using Args = AttentionArgs;

  static MARK1_DEVICE void run(const Args& a, const gpu::Block& block) {
    const int64_t blocks = (a.queries + kSide - 1) / kSide, n = block.index() / blocks;
    const Head<T> head(a, n / a.heads, n % a.heads);
    const Range queries = block_of(block.index() % blocks * kSide, a.queries);
    const auto count = static_cast<int>(queries.end - queries.begin);
    BlockGradients<T> gradients(block);
    const Owned& own = gradients.own;
    const auto dq = [&](int i) { return head.dq(queries.begin + i); };
    gradients.each_of_all(count, a.depth, dq, [](T& x) { x = 0; });
    for (int64_t j = 0; j < a.keys; j += kSide) {
      const Range keys = block_of(j, a.keys);
      if (!anyone_sees(block, head, queries, keys, gradients.votes)) continue;
      Tile<T, 4> powers, slopes;
      gradients.make(head, queries, keys, powers, slopes);
      slopes.each([&](int i, int k, T& ds) {
        gradients.matrix[(own.column * 4 + k) * kStride + own.row * 4 + i] = ds;
      });
      gradients.gather(
          gradients.matrix, static_cast<int>(keys.end - keys.begin), count, a.depth,
          [&](int k) { return head.k(keys.begin + k); }, [](T x, int) { return x; }, dq);
    }
    gradients.each_of_all(count, a.depth, dq, [&](T& x) { x *= T(a.scale); });
  }
};

}  // namespace
}  // namespace mark1::cuda
