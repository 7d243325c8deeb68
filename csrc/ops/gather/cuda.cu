// gather and scatter_add on a device: neighbouring threads take what lies side by side. Of few
// indices, the first block of a grid looks for those that are out of range.
#include "cuda/add_sorted.h"
#include "cuda/first_outside.h"
#include "cuda/packets.h"
#include "ops/gather/gather.h"

namespace mark1::cuda {

extern const GatherKernels gather_kernels;

namespace {

constexpr int kWarps = kLookers / 32;

// A thread for each unit of a row: as many bytes as all rows begin at multiples of.
template <class Index, class Unit>
struct CopyRows {
  static constexpr bool alone = false;
  struct Args {
    GatherArgs gather;
    gpu::Divider row_units;
    bool threads_look;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GatherArgs& g = args.gather;
    if (!args.threads_look && block.index() == 0) {
      look_for_wrong<Index>(block, g.indices, g.count, g.rows, g.wrong);
      return;
    }
    const int64_t number = block.index() - (args.threads_look ? 0 : 1);
    const int64_t at = number * kLookers + block.thread();
    const int64_t units = args.row_units.divisor(), i = args.row_units.template quotient<false>(at);
    if (i >= g.count) return;
    const int64_t row = static_cast<const Index*>(g.indices)[i];
    const auto* from = static_cast<const Unit*>(g.x) + row * units;
    const bool good = inside(row, g.rows);
    static_cast<Unit*>(g.out)[at] = good ? from[at - i * units] : Unit{};
    if (!good && args.threads_look) gpu::atomic_min(g.wrong, i);
  }
};

// Of few indices, a block that owns target rows looks through all, a tile at a time, for those that
// name them, and adds the rows at their positions in order; each element has one thread.
template <class Index, class T>
struct AddRows {
  static constexpr bool alone = false;
  struct Args {
    GatherArgs gather;
    int64_t own;  // target rows of a block
  };
  static constexpr int turns = 8, tile = turns * kLookers;
  struct Found {
    int32_t position, row;  // in the tile, among the block's
  };
  static constexpr int64_t shared_bytes = tile * sizeof(Found) + turns * kWarps * sizeof(int);

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GatherArgs& g = args.gather;
    if (block.index() == 0) {
      look_for_wrong<Index>(block, g.indices, g.count, g.rows, g.wrong);
      return;
    }
    const int64_t first = (block.index() - 1) * args.own, size = g.row_size;
    const int64_t own = first + args.own < g.rows ? args.own : g.rows - first;
    T* out = static_cast<T*>(g.out) + first * size;
    const int thread = block.thread();
    for (int64_t e = thread; e < own * size; e += kLookers) out[e] = 0;
    auto* found = block.shared<Found>();
    // Rows are divided among teams of threads where one has fewer elements than the block threads.
    const int across = size >= kLookers ? kLookers : size > 0 ? static_cast<int>(size) : 1;
    const int teams = kLookers / across, team = thread / across;
    for (int64_t begin = 0; begin < g.count; begin += tile) {
      block.sync();
      const int count = find(block, g, first, own, begin, found);
      block.sync();
      const T* from = static_cast<const T*>(g.x) + begin * size;
      for (int i = 0; i < count && team < teams; ++i) {
        const Found it = found[i];
        if (it.row % teams != team) continue;
        for (int64_t c = thread % across; c < size; c += across) {
          T& to = out[it.row * size + c];
          to = to + from[it.position * size + c];
        }
      }
    }
  }

  // Positions of a tile that name rows of this block, ascending; how many there are.
  static MARK1_DEVICE int find(const gpu::Block& block, const GatherArgs& g, int64_t first,
                               int64_t own, int64_t begin, Found* found) {
    const auto* indices = static_cast<const Index*>(g.indices);
    auto* counts = reinterpret_cast<int*>(found + tile);
    const int thread = block.thread(), warp = thread / 32;
    uint32_t named[turns];
    int32_t rows[turns];
#pragma unroll
    for (int t = 0; t < turns; ++t) {
      const int64_t i = begin + t * kLookers + thread;
      const int64_t row = i < g.count ? int64_t{indices[i]} - first : -1;
      const bool mine = row >= 0 && row < own;
      rows[t] = mine ? static_cast<int32_t>(row) : -1;
      named[t] = gpu::ballot(mine);
      if (gpu::lane() == 0) counts[t * kWarps + warp] = __builtin_popcount(named[t]);
    }
    block.sync();
    int before = 0, all = 0;
    for (int t = 0; t < turns; ++t) {
      for (int w = 0; w < kWarps; ++w) {
        if (w == warp) before = all;
        all += counts[t * kWarps + w];
      }
      const uint32_t below = named[t] & ((uint32_t{1} << gpu::lane()) - 1);
      if (rows[t] >= 0)
        found[before + __builtin_popcount(below)] = {t * kLookers + thread, rows[t]};
    }
    return all;
  }
};

template <class Index, class Unit>
void queue_copies(const GatherArgs& g, void* stream) {
  const int64_t units = g.row_size / static_cast<int64_t>(sizeof(Unit));
  const int64_t blocks = (g.count * units + kLookers - 1) / kLookers;
  const bool look = blocks > 0 && threads_look(g.count, g.wrong, stream);
  gpu::queue<CopyRows<Index, Unit>>({g, gpu::Divider(units), look},
                                    {look ? blocks : 1 + blocks, kLookers, kLookersBytes}, stream);
}

template <class Index>
void queue_gather(const void* bytes, const Team& team) {
  const auto& g = *static_cast<const GatherArgs*>(bytes);
  const auto places = reinterpret_cast<uintptr_t>(g.x) | reinterpret_cast<uintptr_t>(g.out) |
                      static_cast<uintptr_t>(g.row_size);
  if (places % 16 == 0) {
    queue_copies<Index, gpu::Piece<16>>(g, team.sync);
  } else if (places % 4 == 0) {
    queue_copies<Index, uint32_t>(g, team.sync);
  } else {
    queue_copies<Index, uint8_t>(g, team.sync);
  }
}

template <class Index, class T>
void queue_scatter(const void* bytes, const Team& team) {
  using Body = AddRows<Index, T>;
  const auto& g = *static_cast<const GatherArgs*>(bytes);
  if (g.scratch) {
    const Named<Index> named = {static_cast<const Index*>(g.indices), g.rows, g.rows,
                                gpu::Divider(g.count), gpu::Divider(1)};
    return add_sorted<Index, T>(named, g.count, g.row_size, g.x, g.out, g.wrong, g.scratch,
                                team.sync);
  }
  // A few blocks for every multiprocessor, so that popular rows do not keep one busy alone.
  const int64_t most = 8 * gpu::room().blocks, own = (g.rows + most - 1) / most;
  const int64_t blocks = own == 0 ? 0 : (g.rows + own - 1) / own;
  const int64_t shared = Body::shared_bytes > kLookersBytes ? Body::shared_bytes : kLookersBytes;
  gpu::queue<Body>({g, own}, {1 + blocks, kLookers, shared}, team.sync);
}

}  // namespace

const GatherKernels gather_kernels = {
    .gather = {{&queue_gather<int32_t>}, {&queue_gather<int64_t>}},
    .scatter_add = {{{&queue_scatter<int32_t, float>}, {&queue_scatter<int32_t, double>}},
                    {{&queue_scatter<int64_t, float>}, {&queue_scatter<int64_t, double>}}},
};

}  // namespace mark1::cuda
