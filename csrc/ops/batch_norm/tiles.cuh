// Chunks of points on a device: a block has 256 points of as many channels as make lines of 128
// bytes in shared memory, all of them on their way at once; then a thread goes down each channel.
// The chain of 256 additions takes it about as long as memory takes for the tile, so blocks of a
// multiprocessor (six of them, 32 KB each) must overlap, and do.
#pragma once

#include "cuda/packets.h"
#include "ops/batch_norm/kernels.h"

namespace mark1 {
namespace cuda {
namespace {

constexpr int kTileThreads = 128;
template <class T>
constexpr int tile_channels = 128 / static_cast<int>(sizeof(T));
template <class T>
constexpr int64_t tile_bytes = kPointChunk * 128;

// Which chunk a block has, and which channels of it.
template <class T>
struct Tile {
  int64_t sample, chunk, channel;
  int points, width;
  int64_t offset;  // of its first element in x

  MARK1_DEVICE Tile(const BatchNormArgs& args, int64_t index) {
    constexpr int most = tile_channels<T>;
    const int64_t panels = (args.channels + most - 1) / most, chunks = chunks_of(args);
    channel = index % panels * most;
    chunk = index / panels % chunks;
    sample = index / panels / chunks;
    const Range range = points_of(args, sample, chunk);
    points = static_cast<int>(range.end - range.begin);
    width = args.channels - channel < most ? static_cast<int>(args.channels - channel) : most;
    offset = range.begin * args.channels + channel;
  }
  static int64_t count(const BatchNormArgs& args) {
    const int64_t chunks = (args.points + kPointChunk - 1) / kPointChunk;
    return args.batch * chunks * ((args.channels + tile_channels<T> - 1) / tile_channels<T>);
  }

  // Begins to copy pieces of n elements into `to`, point after point.
  template <int n>
  MARK1_DEVICE void fetch(const gpu::Block& block, const T* x, int64_t channels, T* to) const {
    const int across = width / n;
    for (int i = block.thread(); i < points * across; i += block.threads()) {
      const int point = i / across, c = i % across * n;
      constexpr int bytes = n * static_cast<int>(sizeof(T));
      gpu::copy_ahead<bytes>(to + point * width + c, x + offset + point * channels + c, bytes);
    }
  }
  MARK1_DEVICE void fetch(const gpu::Block& block, const T* x, int64_t channels, T* to) const {
    constexpr int n = gpu::packet_of<T>;
    if (channels % n == 0 && gpu::Packet<T, n>::fits(x)) {
      fetch<n>(block, x, channels, to);
    } else {
      fetch<1>(block, x, channels, to);
    }
  }
  MARK1_DEVICE void await(const gpu::Block& block) const {
    gpu::close_copies();
    gpu::await_copies<0>();
    block.sync();
  }
};

// Mean and squares of every channel of a chunk.
template <class T>
struct ChunkMoments {
  static constexpr bool alone = false;
  using Args = BatchNormArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const Tile<T> tile(args, block.index());
    T* x = block.shared<T>();
    tile.fetch(block, static_cast<const T*>(args.x), args.channels, x);
    tile.await(block);
    const int c = block.thread();
    if (c >= tile.width) return;
    Vec<T> sum(T(0)), squares(T(0));
#pragma unroll 8
    for (int p = 0; p < tile.points; ++p) sum = sum + Vec<T>(x[p * tile.width + c]);
    const Vec<T> mean = sum / Vec<T>(static_cast<T>(tile.points));
#pragma unroll 8
    for (int p = 0; p < tile.points; ++p) {
      squares = add_square(squares, Vec<T>(x[p * tile.width + c]), mean);
    }
    const Rows<T> totals = totals_of<T>(args, tile.sample, tile.chunk);
    totals.first[tile.channel + c] = mean.v;
    totals.second[tile.channel + c] = squares.v;
  }
};

// Sums of dy and of dy h of every channel of a chunk.
template <class T>
struct ChunkSums {
  static constexpr bool alone = false;
  using Args = BatchNormArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const Tile<T> tile(args, block.index());
    T* x = block.shared<T>();
    T* dy = x + kPointChunk * tile_channels<T>;
    tile.fetch(block, static_cast<const T*>(args.x), args.channels, x);
    tile.fetch(block, static_cast<const T*>(args.dy), args.channels, dy);
    tile.await(block);
    const int c = block.thread();
    if (c >= tile.width) return;
    const Rows<T> stats = stats_of<T>(args, tile.sample);
    const Vec<T> m = stats.first[tile.channel + c], r = stats.second[tile.channel + c];
    Vec<T> sum(T(0)), product(T(0));
#pragma unroll 8
    for (int p = 0; p < tile.points; ++p) {
      const Vec<T> slope = dy[p * tile.width + c];
      sum = sum + slope;
      product = fma(slope, normalized(Vec<T>(x[p * tile.width + c]), m, r), product);
    }
    const Rows<T> totals = totals_of<T>(args, tile.sample, tile.chunk);
    totals.first[tile.channel + c] = sum.v;
    totals.second[tile.channel + c] = product.v;
  }
};

}  // namespace
}  // namespace cuda
}  // namespace mark1
