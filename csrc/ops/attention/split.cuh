// attention on a device where there are few queries, as when a sequence is generated: blocks of 64
// keys are for different blocks of threads. Three grids: scores and where they are greatest; sums
// of a block, which need the greatest score of all blocks before; these added up in order.
#pragma once

#include "ops/attention/tiles.cuh"

namespace mark1::cuda {
namespace {

constexpr int64_t kSplitQueries = 4;  // of a head, at most
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

// Which query and which block of keys a block of threads has.
template <class T>
struct SplitPlace {
  int64_t pair, query, i;
  Range keys;
  Head<T> head;

  MARK1_DEVICE SplitPlace(const SplitArgs<T>& args, int64_t pair)
      : pair(pair),
        query(pair / args.blocks),
        i(query % args.a.queries),
        keys(block_of(pair % args.blocks * kSide, args.a.keys)),
        head(args.a, query / args.a.queries / args.a.heads, query / args.a.queries % args.a.heads) {
  }
};

template <class T>
struct SplitScores {
  static constexpr bool alone = false;
  using Args = SplitArgs<T>;
  static constexpr int64_t shared_bytes = 2 * kSide * sizeof(T);

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const SplitPlace<T> at(args, block.index());
    T* scores = block.shared<T>();
    T* seen = scores + kSide;
    const int count = static_cast<int>(at.keys.end - at.keys.begin), j = block.thread();
    if (j < count) {
      scores[j] = at.head.score(at.i, at.keys.begin + j);
      seen[j] = at.head.sees(at.i, at.keys.begin + j) ? T(1) : T(0);
      args.scores[at.query * args.a.keys + at.keys.begin + j] = scores[j];
    }
    block.sync();
    if (j != 0) return;
    T top = -__builtin_inf(), any = 0;
    for (int k = 0; k < count; ++k) {
      top = scores[k] > top ? scores[k] : top;
      any = any + seen[k];
    }
    args.tops[at.pair] = top;
    args.seen[at.pair] = any;
  }
};

template <class T>
struct SplitSums {
  static constexpr bool alone = false;
  using Args = SplitArgs<T>;
  static constexpr int64_t shared_bytes = (2 * kSide + 2) * sizeof(T);

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const AttentionArgs& a = args.a;
    const SplitPlace<T> at(args, block.index());
    T* powers = block.shared<T>();
    T* kept = powers + kSide;
    T* top = kept + kSide;
    const int count = static_cast<int>(at.keys.end - at.keys.begin), j = block.thread();
    if (j == 0) {
      const T* tops = args.tops + at.query * args.blocks;
      const int64_t last = at.pair % args.blocks;
      T before = is_single<Vec<T>> ? -__FLT_MAX__ : -__DBL_MAX__;
      for (int64_t k = 0; k < last; ++k) before = tops[k] > before ? tops[k] : before;
      *top = tops[last] > before ? tops[last] : before;
      args.shrinks[at.pair] = power(before - *top);
    }
    block.sync();
    if (j < count) {
      const int64_t key = at.keys.begin + j;
      powers[j] = power(args.scores[at.query * a.keys + key] - *top);
      kept[j] = at.head.keeps(at.i, key) ? powers[j] : T(0);
    }
    block.sync();
    if (j == kSplitThreads - 1) {
      T sum = 0;
      for (int k = 0; k < count; ++k) sum += powers[k];
      args.sums[at.pair] = sum;
    }
    for (int64_t e = j; e < a.value_depth; e += kSplitThreads) {
      T total = 0;
#pragma unroll 8
      for (int k = 0; k < count; ++k) {
        total = fused(kept[k], at.head.v(at.keys.begin + k)[e], total);
      }
      args.totals[at.pair * a.value_depth + e] = total;
    }
  }
};

// A thread for each element of the output.
template <class T>
struct SplitOutputs {
  static constexpr bool alone = true;
  using Args = SplitArgs<T>;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const AttentionArgs& a = args.a;
    const int64_t n = block.index() * block.threads() + block.thread();
    const int64_t query = n / a.value_depth, e = n % a.value_depth;
    if (query >= a.batch * a.heads * a.queries) return;
    const int64_t first = query / a.queries * a.queries;  // of the head
    T top = is_single<Vec<T>> ? -__FLT_MAX__ : -__DBL_MAX__;
    T out = 0, sum = 0;
    for (int64_t k = 0; k < args.blocks; ++k) {
      bool anyone = false;
      for (int64_t i = first; i < first + a.queries; ++i) {
        anyone = anyone || args.seen[i * args.blocks + k] != 0;
      }
      if (!anyone) continue;
      const int64_t pair = query * args.blocks + k;
      const T shrink = args.shrinks[pair];
      out = out * shrink + args.totals[pair * a.value_depth + e];
      sum = fused(sum, shrink, args.sums[pair]);
      top = args.tops[pair] > top ? args.tops[pair] : top;
    }
    const SplitPlace<T> at(args, query * args.blocks);
    const T r = sum == 0 ? T(0) : 1 / sum;
    at.head.out(at.i)[e] = out * (r * T(a.kept_scale));
    if (e > 0) return;
    at.head.m(at.i) = top;
    at.head.r(at.i) = r;
  }
};

}  // namespace
}  // namespace mark1::cuda
