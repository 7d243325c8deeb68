// batch_norm on a device in grids that follow each other: chunks (tiles.cuh), what they make
// together, points (points.cuh). Memory bounds it: forward reads x twice, backward x and dy.
#include "ops/batch_norm/points.cuh"
#include "ops/batch_norm/tiles.cuh"

namespace mark1 {
namespace cuda {
namespace {

// Chunks put together, for 32 channels of a sample by a block: a warp has every eighth group of 64
// chunks, and what it makes of a group waits in shared memory, so that groups are put together in
// their order. Join: Part<T>, its start, add(part, ...) for a chunk, and put.
constexpr int kLine = 32, kGroups = 8, kGroup = 64;

template <class T>
struct JoinMoments {
  static constexpr int rows = 1;
  using Part = Moments<Vec<T>>;

  static MARK1_DEVICE Part chunk(const BatchNormArgs& args, int, int64_t sample, int64_t chunk,
                                 int64_t c) {
    return moments_of<T>(args, sample, chunk, c, 1);
  }
  static MARK1_DEVICE void add(Part& all, const Part& next, bool) { all.merge(next); }
  static MARK1_DEVICE void put(const BatchNormArgs& args, int, int64_t sample, int64_t c,
                               const Part& all) {
    put_moments(args, sample, c, 1, all);
  }
};

template <class T>
struct JoinSums {
  static constexpr int rows = 2;  // s1 and s2
  using Part = Vec<T>;

  static MARK1_DEVICE Part chunk(const BatchNormArgs& args, int row, int64_t sample, int64_t chunk,
                                 int64_t c) {
    const Rows<T> totals = totals_of<T>(args, sample, chunk);
    return (row == 0 ? totals.first : totals.second)[c];
  }
  static MARK1_DEVICE void add(Part& all, const Part& next, bool first) {
    all = first ? next : all + next;
  }
  static MARK1_DEVICE void put(const BatchNormArgs& args, int row, int64_t sample, int64_t c,
                               const Part& all) {
    put_sum(args, row, sample, c, 1, all);
  }
};

template <class Join>
struct JoinChunks {
  static constexpr bool alone = false;
  using Args = BatchNormArgs;
  using Part = typename Join::Part;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t lines = (args.channels + kLine - 1) / kLine, chunks = chunks_of(args);
    const int64_t line = block.index() % lines, rest = block.index() / lines;
    const auto row = static_cast<int>(rest % Join::rows);
    const int64_t sample = rest / Join::rows;
    const int lane = block.thread() % kLine, warp = block.thread() / kLine;
    const int64_t c = line * kLine + lane;
    Part* waiting = block.shared<Part>();
    Part all = {};
    for (int64_t first = 0; first < chunks; first += kGroups * kGroup) {
      const int64_t begin = first + warp * kGroup, end = begin + kGroup;
      Part group = {};
      if (c < args.channels) {
#pragma unroll 4
        for (int64_t k = begin; k < end && k < chunks; ++k) {
          Join::add(group, Join::chunk(args, row, sample, k, c), k == begin);
        }
      }
      waiting[block.thread()] = group;
      block.sync();
      for (int g = 0; warp == 0 && g < kGroups && first + g * kGroup < chunks; ++g) {
        Join::add(all, waiting[g * kLine + lane], first + g == 0);
      }
      block.sync();
    }
    if (warp == 0 && c < args.channels) Join::put(args, row, sample, c, all);
  }
};

template <class Join>
void queue_join(const BatchNormArgs& args, void* stream) {
  const int64_t lines = (args.channels + kLine - 1) / kLine;
  constexpr int threads = kLine * kGroups;
  gpu::queue<JoinChunks<Join>>(args,
                               {args.batch * Join::rows * lines, threads,
                                threads * static_cast<int64_t>(sizeof(typename Join::Part))},
                               stream);
}

// Small steps, a thread for each of `count(args)`: Step::run_one(args, i).
template <class Step>
struct Each {
  static constexpr bool alone = true;
  using Args = BatchNormArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t i = block.index() * block.threads() + block.thread();
    if (i < Step::count(args)) Step::one(args, i);
  }
};
template <class T>
struct FrozenStats {
  static MARK1_ANYWHERE int64_t count(const BatchNormArgs& args) { return args.channels; }
  static MARK1_DEVICE void one(const BatchNormArgs& args, int64_t c) {
    frozen_stats<T>(args, {c, c + 1});
  }
};
template <class T>
struct MergeChannels {
  static MARK1_ANYWHERE int64_t count(const BatchNormArgs& args) {
    return args.batch * args.groups;
  }
  static MARK1_DEVICE void one(const BatchNormArgs& args, int64_t i) {
    merge_channels<T>(args, i / args.groups, i % args.groups);
  }
};
template <class T>
struct AddChannels {
  static MARK1_ANYWHERE int64_t count(const BatchNormArgs& args) {
    return 2 * args.batch * args.groups;
  }
  static MARK1_DEVICE void one(const BatchNormArgs& args, int64_t i) {
    const int64_t row = i / args.groups / args.batch, sample = i / args.groups % args.batch;
    add_channels<T>(args, static_cast<int>(row), sample, i % args.groups);
  }
};
template <class T>
struct ParameterGradients {
  static MARK1_ANYWHERE int64_t count(const BatchNormArgs& args) { return args.channels; }
  static MARK1_DEVICE void one(const BatchNormArgs& args, int64_t c) {
    parameter_gradients<T>(args, {c, c + 1});
  }
};

template <class Step>
void queue_each(const BatchNormArgs& args, void* stream) {
  if (Step::count(args) > 0) gpu::queue<Each<Step>>(args, threads_for(Step::count(args)), stream);
}

template <class T>
void queue_forward(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const BatchNormArgs*>(bytes);
  if (args.frozen) {
    queue_each<FrozenStats<T>>(args, team.sync);
  } else {
    const int64_t tiles = Tile<T>::count(args);
    gpu::queue<ChunkMoments<T>>(args, {tiles, kTileThreads, tile_bytes<T>}, team.sync);
    queue_join<JoinMoments<T>>(args, team.sync);
    if (args.groups != args.channels) queue_each<MergeChannels<T>>(args, team.sync);
  }
  queue_points<Normalize, T>(args, team.sync);
}

template <class T>
void queue_backward(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const BatchNormArgs*>(bytes);
  if (const int64_t tiles = Tile<T>::count(args)) {
    gpu::queue<ChunkSums<T>>(args, {tiles, kTileThreads, 2 * tile_bytes<T>}, team.sync);
  }
  if (args.batch > 0) queue_join<JoinSums<T>>(args, team.sync);
  if (args.groups != args.channels) queue_each<AddChannels<T>>(args, team.sync);
  queue_points<Gradient, T>(args, team.sync);
  queue_each<ParameterGradients<T>>(args, team.sync);
}

}  // namespace

const BatchNormKernels batch_norm_kernels = {
    .forward = {{&queue_forward<float>}, {&queue_forward<double>}},
    .backward = {{&queue_backward<float>}, {&queue_backward<double>}},
};

}  // namespace cuda
}  // namespace mark1
