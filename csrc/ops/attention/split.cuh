// attention on a device where there are few queries, as when a sequence is generated: blocks of 64
// keys are for different blocks of threads. Three grids: scores and where they are greatest; sums
// of a block, which need the greatest score of all blocks before; these added up in order. Memory
// is the limit: keys and values are read once, by asynchronous copies of all that a block of
// threads needs, 16 KB each for heads of 64 float32, and what passes between the grids is a
// sixteenth of that for each query.
#pragma once

#include "cuda/divider.h"
#include "ops/attention/tiles.cuh"

namespace mark1::cuda {
namespace {

constexpr int64_t kSplitQueries = 4;  // of a head, at most: a warp for each
constexpr int64_t kSplitBlocks = 3;   // of keys, at least
constexpr int kSplitThreads = 128;

template <class T>
struct SplitArgs {
  AttentionArgs a;
  int64_t blocks;  // of keys
  // For each query (b, h, i): its scores; and for each block of keys the greatest of them, the sum
  // of powers, what sums before are shrunk by, whether the query sees any key, the sums of values.
  T *scores, *tops, *sums, *shrinks, *seen, *totals;

  static int64_t elements(const AttentionArgs& a) {
    const int64_t blocks = (a.keys + kSide - 1) / kSide;
    return a.batch * a.heads * a.queries * (a.keys + blocks * (4 + a.value_depth));
  }
  explicit SplitArgs(const AttentionArgs& args) : a(args), blocks((args.keys + kSide - 1) / kSide) {
    const int64_t queries = a.batch * a.heads * a.queries, pairs = queries * blocks;
    scores = static_cast<T*>(a.workspace);
    tops = scores + queries * a.keys;
    sums = tops + pairs;
    shrinks = sums + pairs;
    seen = shrinks + pairs;
    totals = seen + pairs;
  }
};

// Which block of keys, for all queries of a head, a block of threads has.
template <class T>
struct SplitPlace {
  int64_t head_index, block;
  Range keys;
  int count;
  Head<T> head;

  MARK1_DEVICE SplitPlace(const SplitArgs<T>& args, int64_t index)
      : head_index(index / args.blocks),
        block(index % args.blocks),
        keys(block_of(block * kSide, args.a.keys)),
        count(static_cast<int>(keys.end - keys.begin)),
        head(args.a, head_index / args.a.heads, head_index % args.a.heads) {}

  // Of query i and this block, in what grids leave for each other.
  MARK1_DEVICE int64_t query(const SplitArgs<T>& args, int i) const {
    return head_index * args.a.queries + i;
  }
  MARK1_DEVICE int64_t pair(const SplitArgs<T>& args, int i) const {
    return query(args, i) * args.blocks + block;
  }
};

// Begins to copy the numbers first .. first + 63 of n of rows 0 .. count - 1, to to[row][number];
// rows are spread over the banks.
template <class T>
constexpr int kRowStride = kSide + 16 / int{sizeof(T)};
template <class T, class Row>
MARK1_DEVICE inline void fetch_rows(T* to, int thread, int count, int64_t first, int64_t n,
                                    Row row) {
  constexpr int vector = 16 / sizeof(T), across = kSide / vector, item = sizeof(T);
  for (int e = thread; e < count * across; e += kSplitThreads) {
    const int i = e / across, k = e % across * vector;
    const T* from = row(i) + first + k;
    T* place = to + i * kRowStride<T> + k;
    if (reinterpret_cast<uintptr_t>(from) % 16 == 0 && first + k + vector <= n) {
      gpu::copy_ahead<16>(place, from, 16);
      continue;
    }
    for (int c = 0; c < vector && first + k + c < n; ++c) {
      gpu::copy_ahead<item>(place + c, from + c, item);
    }
  }
  gpu::close_copies();
}

// The greatest of the warp's numbers, the first of equal ones, as they ascend with the lane; for
// lane 0. NaN is passed over.
template <class T>
MARK1_DEVICE inline T first_greatest(T top) {
  for (int by = 1; by < 32; by *= 2) {
    const T next = gpu::shuffle_down(top, by);
    top = next > top ? next : top;
  }
  return top;
}

template <class T>
struct SplitScores {
  static constexpr bool alone = false;
  using Args = SplitArgs<T>;
  static constexpr int few = int{kSplitQueries} * kSide;
  static constexpr int64_t shared_bytes = (kSide * kRowStride<T> + 3 * few) * sizeof(T);

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const AttentionArgs& a = args.a;
    const SplitPlace<T> at(args, block.index());
    T* rows = block.shared<T>();
    T *queries = rows + kSide * kRowStride<T>, *scores = queries + few, *seen = scores + few;
    const int count = static_cast<int>(a.queries), thread = block.thread();
    const int j = thread % kSide, first = thread / kSide;
    constexpr int at_once = kSplitThreads / kSide, turns = int{kSplitQueries} / at_once;
    T sums[turns] = {};
    for (int64_t d = 0; d < a.depth; d += kSide) {
      const int terms = a.depth - d < kSide ? static_cast<int>(a.depth - d) : kSide;
      fetch_rows(rows, thread, at.count, d, a.depth,
                 [&](int key) { return at.head.k(at.keys.begin + key); });
      for (int e = thread; e < count * kSide; e += kSplitThreads) {
        if (e % kSide < terms) queries[e] = at.head.q(e / kSide)[d + e % kSide] * T(a.scale);
      }
      gpu::await_copies<0>();
      block.sync();
#pragma unroll
      for (int turn = 0; turn < turns; ++turn) {
        const int i = first + turn * at_once;
        if (i < count && j < at.count) {
          sums[turn] = chain(queries + i * kSide, rows + j * kRowStride<T>, terms, sums[turn]);
        }
      }
      block.sync();
    }
#pragma unroll
    for (int turn = 0; turn < turns; ++turn) {
      const int i = first + turn * at_once, e = i * kSide + j;
      if (i >= count) continue;
      const bool sees = j < at.count && at.head.sees(i, at.keys.begin + j);
      scores[e] = sees ? sums[turn] : T(-__builtin_inf());
      seen[e] = sees ? T(1) : T(0);
      if (j < at.count) args.scores[at.query(args, i) * a.keys + at.keys.begin + j] = scores[e];
    }
    block.sync();
    const int i = thread / 32, lane = thread % 32;
    if (i >= count) return;
    const T *own = scores + i * kSide + 2 * lane, *own_seen = seen + i * kSide + 2 * lane;
    const T low = own[0] > -__builtin_inf() ? own[0] : T(-__builtin_inf());
    const T top = first_greatest(own[1] > low ? own[1] : low);
    const uint32_t any = gpu::ballot(own_seen[0] != 0 || own_seen[1] != 0);
    if (lane != 0) return;
    args.tops[at.pair(args, i)] = top;
    args.seen[at.pair(args, i)] = any != 0 ? T(1) : T(0);
  }

 private:
  static MARK1_DEVICE T chain(const T* query, const T* key, int terms, T sum) {
    constexpr int vector = 16 / sizeof(T);
    int d = 0;
#pragma unroll 4
    for (; d + vector <= terms; d += vector) {
      const auto q = *reinterpret_cast<const Numbers<T, vector>*>(query + d);
      const auto k = *reinterpret_cast<const Numbers<T, vector>*>(key + d);
#pragma unroll
      for (int c = 0; c < vector; ++c) sum = fused(q.at[c], k.at[c], sum);
    }
    for (; d < terms; ++d) sum = fused(query[d], key[d], sum);
    return sum;
  }
};

template <class T>
struct SplitSums {
  static constexpr bool alone = false;
  using Args = SplitArgs<T>;
  static constexpr int few = int{kSplitQueries} * kSide;
  static constexpr int64_t shared_bytes =
      (kSide * kRowStride<T> + 2 * few + kSplitQueries) * sizeof(T);

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const AttentionArgs& a = args.a;
    const SplitPlace<T> at(args, block.index());
    T* rows = block.shared<T>();
    T *powers = rows + kSide * kRowStride<T>, *kept = powers + few, *tops = kept + few;
    const int queries = static_cast<int>(a.queries), thread = block.thread();
    const auto fetch = [&](int64_t e) {
      fetch_rows(rows, thread, at.count, e, a.value_depth,
                 [&](int key) { return at.head.v(at.keys.begin + key); });
    };
    fetch(0);
    find_top(args, at, thread / 32, thread % 32, tops);
    block.sync();
    for (int e = thread; e < queries * kSide; e += kSplitThreads) {
      const int i = e / kSide, j = e % kSide;
      if (j >= at.count) continue;
      const int64_t key = at.keys.begin + j;
      powers[e] = power(args.scores[at.query(args, i) * a.keys + key] - tops[i]);
      kept[e] = at.head.keeps(i, key) ? powers[e] : T(0);
    }
    for (int64_t first = 0; first < a.value_depth; first += kSide) {
      const int across =
          a.value_depth - first < kSide ? static_cast<int>(a.value_depth - first) : kSide;
      gpu::await_copies<0>();
      block.sync();
      for (int e = thread; e < queries * kSide; e += kSplitThreads) {
        const int i = e / kSide, column = e % kSide;
        if (column >= across) continue;
        T total = 0;
#pragma unroll 8
        for (int k = 0; k < at.count; ++k) {
          total = fused(kept[i * kSide + k], rows[k * kRowStride<T> + column], total);
        }
        args.totals[at.pair(args, i) * a.value_depth + first + column] = total;
      }
      // Of the warp that has least to do.
      if (first == 0 && thread >= kSplitThreads - queries) {
        const int i = kSplitThreads - 1 - thread;
        T sum = 0;
#pragma unroll 8
        for (int k = 0; k < at.count; ++k) sum += powers[i * kSide + k];
        args.sums[at.pair(args, i)] = sum;
      }
      block.sync();
      if (first + kSide < a.value_depth) fetch(first + kSide);
    }
  }

 private:
  // The greatest score of query i up to this block of keys, by a warp.
  static MARK1_DEVICE void find_top(const Args& args, const SplitPlace<T>& at, int i, int lane,
                                    T* found) {
    if (i >= args.a.queries) return;
    const T* tops = args.tops + at.query(args, i) * args.blocks;
    const int64_t piece = (at.block + 31) / 32, begin = lane * piece;
    T before = is_single<Vec<T>> ? -__FLT_MAX__ : -__DBL_MAX__;
    for (int64_t k = begin; k < begin + piece && k < at.block; ++k) {
      before = tops[k] > before ? tops[k] : before;
    }
    before = first_greatest(before);
    if (lane != 0) return;
    const T last = tops[at.block], top = last > before ? last : before;
    found[i] = top;
    args.shrinks[at.pair(args, i)] = power(before - top);
  }
};

// A block of threads for 64 columns of a query's output; totals come 128 at a time.
template <class T>
struct SplitOutputs {
  static constexpr bool alone = false;
  static constexpr int at_once = 128;
  using Args = SplitArgs<T>;
  static constexpr int64_t shared_bytes = at_once * (kRowStride<T> + 4) * sizeof(T);

  static MARK1_ANYWHERE int64_t across(const AttentionArgs& a) {
    return (a.value_depth + kSide - 1) / kSide;
  }

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const AttentionArgs& a = args.a;
    const int64_t query = block.index() / across(a), first = block.index() % across(a) * kSide;
    const int64_t pairs = query * args.blocks, e = first + block.thread();
    T* totals = block.shared<T>();
    T *shrinks = totals + at_once * kRowStride<T>, *sums = shrinks + at_once;
    T *tops = sums + at_once, *seen = tops + at_once;
    T top = is_single<Vec<T>> ? -__FLT_MAX__ : -__DBL_MAX__;
    T out = 0, sum = 0;
    for (int64_t begin = 0; begin < args.blocks; begin += at_once) {
      const int64_t left = args.blocks - begin;
      const int count = left < at_once ? static_cast<int>(left) : at_once;
      fetch_rows(totals, block.thread(), count, first, a.value_depth,
                 [&](int k) { return args.totals + (pairs + begin + k) * a.value_depth; });
      for (int k = block.thread(); k < count; k += kSplitThreads) {
        const int64_t pair = pairs + begin + k;
        shrinks[k] = args.shrinks[pair];
        sums[k] = args.sums[pair];
        tops[k] = args.tops[pair];
        T any = 0;  // of the head's queries
        for (int64_t i = query / a.queries * a.queries, n = 0; n < a.queries; ++n) {
          any += args.seen[(i + n) * args.blocks + begin + k];
        }
        seen[k] = any;
      }
      gpu::await_copies<0>();
      block.sync();
      if (block.thread() < kSide) {
        const T* column = totals + block.thread();
#pragma unroll 8
        for (int k = 0; k < count; ++k) {
          const T next = out * shrinks[k] + column[k * kRowStride<T>];
          const T more = fused(sum, shrinks[k], sums[k]), greatest = tops[k] > top ? tops[k] : top;
          const bool any = seen[k] != 0;
          out = any ? next : out;
          sum = any ? more : sum;
          top = any ? greatest : top;
        }
      }
      block.sync();
    }
    if (block.thread() >= kSide || e >= a.value_depth) return;
    const int64_t head_index = query / a.queries, i = query % a.queries;
    const Head<T> head(a, head_index / a.heads, head_index % a.heads);
    const T r = sum == 0 ? T(0) : 1 / sum;
    head.out(i)[e] = out * (r * T(a.kept_scale));
    if (e > 0) return;
    head.m(i) = top;
    head.r(i) = r;
  }
};

}  // namespace
}  // namespace mark1::cuda
