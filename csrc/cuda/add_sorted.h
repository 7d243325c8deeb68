// Rows added up where indices say, by ascending position: positions are sorted by what they name,
// stably, and each target adds up its own. Whatever the indices are, that is linear in their
// number: some 20 bytes for each per digit of eight bits, each row read once. A target's sum is a
// chain, so one that is named 10,000 times takes 10,000 additions of four clocks, some 25 us.
#pragma once

#include "core/kernel.h"
#include "cuda/divider.h"
#include "cuda/radix_sort.h"
#include "simd/indices.h"

namespace mark1::cuda {
namespace {

// Position (o, j, i) of indices (outer, m, inner) names target (o, k, i) of (outer, n, inner), k
// being the index there. Those out of range name one beyond the last.
template <class Index>
struct Named {
  using Bits = uint32_t;
  const Index* indices;
  int64_t n, targets;
  gpu::Divider line, inner;  // line: m inner

  MARK1_DEVICE uint32_t key(int64_t, int64_t i) const {
    const int64_t k = indices[i];
    if (!inside(k, n)) return static_cast<uint32_t>(targets);
    const int64_t o = line.template quotient<false>(i), size = inner.divisor();
    return static_cast<uint32_t>((o * n + k) * size + i - inner.template quotient<false>(i) * size);
  }
  MARK1_DEVICE int32_t place(int64_t, int64_t i) const { return static_cast<int32_t>(i); }
};

// Where the positions of each target begin, and, behind the last, of those that are out of range.
struct FindStarts {
  static constexpr bool alone = true;
  struct Args {
    gpu::Pairs<uint32_t> named;  // sorted
    int64_t count, targets;
    int32_t* starts;
    int64_t* wrong;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t target = block.index() * block.threads() + block.thread();
    if (target > args.targets) return;
    int64_t begin = 0, end = args.count;
    while (begin < end) {
      const int64_t middle = (begin + end) / 2;
      if (args.named.keys[middle] < static_cast<uint32_t>(target)) {
        begin = middle + 1;
      } else {
        end = middle;
      }
    }
    args.starts[target] = static_cast<int32_t>(begin);
    if (target == args.targets) *args.wrong = begin < args.count ? args.named.places[begin] : -1;
  }
};

// A block owns targets, and up to 32 columns of them. Its threads have an element each, of targets
// that are named a few times; of others all threads fetch rows ahead, and some add them up.
template <class T>
struct AddSorted {
  static constexpr bool alone = false;
  static constexpr int threads = 256, most_threads = threads;
  static constexpr int most_columns = 32, few = 64, ahead = 8;
  static constexpr int tiles = 3, tile = 16384 / sizeof(T), turns = tile / threads;
  static constexpr int64_t shared_bytes = tiles * tile * sizeof(T);
  struct Args {
    const T* x;
    T* out;
    const int32_t* starts;
    const int32_t* places;
    int64_t targets, size;  // size: of a row
    int64_t own;            // targets of a block
    int64_t cuts;           // blocks for the columns of these
    gpu::Divider columns;   // of a block, the last for them may have fewer
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t group = block.index() / args.cuts, first = group * args.own;
    const int64_t own = args.targets - first < args.own ? args.targets - first : args.own;
    const int width = static_cast<int>(args.columns.divisor());
    const int64_t column = (block.index() - group * args.cuts) * width;
    for (int64_t e = block.thread(); e < own * width; e += threads) {
      const int64_t row = args.columns.template quotient<true>(e), c = column + e - row * width;
      const int64_t begin = args.starts[first + row], end = args.starts[first + row + 1];
      if (c < args.size && end - begin <= few) {
        args.out[(first + row) * args.size + c] = sum_of_few(args, begin, end, c);
      }
    }
    for (int64_t base = first; base < first + own; base += 32) {
      const int64_t mine = base + gpu::lane();
      const bool there = mine < first + own;
      uint32_t many = gpu::ballot(
          there && args.starts[there ? mine + 1 : 0] - args.starts[there ? mine : 0] > few);
      for (int64_t target = base; many != 0; ++target, many >>= 1) {
        if (many & 1) add_many(args, block, target, column, width);
      }
    }
  }

  static MARK1_DEVICE T sum_of_few(const Args& args, int64_t begin, int64_t end, int64_t column) {
    T sum = 0;
    const T* x = args.x + column;
    int64_t i = begin;
    for (; i + ahead <= end; i += ahead) {
      int64_t place[ahead];
      T value[ahead];
#pragma unroll
      for (int j = 0; j < ahead; ++j) place[j] = args.places[i + j];
#pragma unroll
      for (int j = 0; j < ahead; ++j) value[j] = x[place[j] * args.size];
#pragma unroll
      for (int j = 0; j < ahead; ++j) sum = sum + value[j];
    }
    for (; i < end; ++i) sum = sum + x[args.places[i] * args.size];
    return sum;
  }

  // 32 KB are on their way, some 40 bytes a nanosecond.
  static MARK1_DEVICE void add_many(const Args& args, const gpu::Block& block, int64_t target,
                                    int64_t column, int width) {
    const int64_t begin = args.starts[target], end = args.starts[target + 1];
    const int own = args.size - column < width ? static_cast<int>(args.size - column) : width;
    const int together = tile / width, thread = block.thread();
    auto* stage = block.shared<T>();
    const int64_t steps = (end - begin + together - 1) / together;
    const auto fetch = [&](int64_t step) {
      T* to = stage + step % tiles * tile;
      int64_t place[turns];
#pragma unroll
      for (int j = 0; j < turns; ++j) {
        const int64_t i = args.columns.template quotient<true>(thread + j * threads);
        const int64_t at = begin + step * together + i;
        place[j] = i < together && at < end ? args.places[at] : -1;
      }
#pragma unroll
      for (int j = 0; j < turns; ++j) {
        const int e = thread + j * threads;
        const int64_t c = e - args.columns.template quotient<true>(e) * width;
        if (place[j] < 0 || c >= own) continue;
        gpu::copy_ahead<sizeof(T)>(to + e, args.x + place[j] * args.size + column + c, sizeof(T));
      }
      gpu::close_copies();
    };
    fetch(0);
    fetch(1);
    T sum = 0;
    for (int64_t step = 0; step < steps; ++step) {
      fetch(step + 2);
      gpu::await_copies<2>();
      block.sync();
      const int64_t left = end - begin - step * together;
      const int count = static_cast<int>(left < together ? left : together);
      const T* from = stage + step % tiles * tile + thread;
      if (thread < own) {
#pragma unroll 8
        for (int i = 0; i < count; ++i) sum = sum + from[i * width];
      }
      block.sync();
    }
    if (thread < own) args.out[target * args.size + column + thread] = sum;
  }
};

// `scratch` has add_sorted_bytes(). Of `count` indices; x has a row of `size` elements for each,
// out for each target.
template <class Index, class T>
void add_sorted(const Named<Index>& named, int64_t count, int64_t size, const void* x, void* out,
                int64_t* wrong, void* scratch, const void* to) {
  const int64_t targets = named.targets;
  gpu::Sorting<uint32_t> sorting(1, count, scratch);
  int bits = 1;
  while (targets >> bits != 0) ++bits;
  const auto sorted = gpu::sort_pairs(named, sorting, bits, to);
  auto* starts = reinterpret_cast<int32_t*>(static_cast<char*>(scratch) +
                                            gpu::sort_bytes(1, count, sizeof(uint32_t)));
  gpu::queue<FindStarts>({sorted, count, targets, starts, wrong}, threads_for(targets + 1), to);
  using Add = AddSorted<T>;
  const int64_t columns = size < Add::most_columns ? size : Add::most_columns;
  if (columns == 0) return;
  const int64_t cuts = (size + columns - 1) / columns;
  // Several blocks for every multiprocessor, and a few elements for a thread.
  int64_t own = targets * cuts / (8 * gpu::room().blocks);
  if (own > 1024 / columns) own = 1024 / columns;
  if (own < 1) own = 1;
  gpu::queue<Add>({static_cast<const T*>(x), static_cast<T*>(out), starts, sorted.places, targets,
                   size, own, cuts, gpu::Divider(columns)},
                  {(targets + own - 1) / own * cuts, Add::threads, Add::shared_bytes}, to);
}

}  // namespace
}  // namespace mark1::cuda
