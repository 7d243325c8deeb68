// Results of batch_norm on a device, point by point: a thread has a packet of channels, whose
// factors it keeps, and goes down some points, four of them on their way at a time.
#pragma once

#include "cuda/packets.h"
#include "ops/batch_norm/kernels.h"

namespace mark1 {
namespace cuda {
namespace {

constexpr int kPointThreads = 128, kPointsAhead = 4, kPointRounds = 4;

// How threads of a block are laid over points and channels.
struct Layout {
  int64_t across;         // packets of a point
  int64_t width, height;  // threads of a block: packets, points
  int64_t columns, rows;  // blocks of a sample

  Layout(const BatchNormArgs& args, int n) : across(args.channels / n) {
    width = across < kPointThreads ? across : kPointThreads;
    height = kPointThreads / width;
    columns = (across + width - 1) / width;
    const int64_t share = height * kPointsAhead * kPointRounds;
    rows = (args.points + share - 1) / share;
  }
};

struct PointArgs {
  BatchNormArgs problem;
  Layout layout;
};

// Formula: `inputs` (1: x, 2: x and dy), Kept(args, sample, channel) and of(kept, x, dy).
template <class Formula, class T, int n>
struct Points {
  static constexpr bool alone = true;
  using Args = PointArgs;
  using Packet = gpu::Packet<T, n>;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const BatchNormArgs& problem = args.problem;
    const Layout& layout = args.layout;
    const int64_t column = block.index() % layout.columns, channels = problem.channels;
    const int64_t row = block.index() / layout.columns % layout.rows;
    const int64_t sample = block.index() / layout.columns / layout.rows;
    const int64_t packet = column * layout.width + block.thread() % layout.width;
    const int64_t down = block.thread() / layout.width;
    if (down >= layout.height || packet >= layout.across) return;
    const int64_t c = packet * n, step = layout.height;
    const T* x = static_cast<const T*>(problem.x) + sample * problem.points * channels + c;
    const T* dy = static_cast<const T*>(problem.dy) + sample * problem.points * channels + c;
    T* out = static_cast<T*>(problem.out) + sample * problem.points * channels + c;
    typename Formula::template Kept<T> kept[n];
#pragma unroll
    for (int j = 0; j < n; ++j) kept[j].load(problem, sample, c + j);
    int64_t p = row * step * kPointsAhead * kPointRounds + down;
#pragma unroll 1
    for (int round = 0; round < kPointRounds; ++round, p += kPointsAhead * step) {
      Packet values[kPointsAhead], slopes[kPointsAhead];
#pragma unroll
      for (int k = 0; k < kPointsAhead; ++k) {
        if (p + k * step >= problem.points) continue;
        values[k] = Packet::load(x + (p + k * step) * channels);
        if (Formula::inputs == 2) slopes[k] = Packet::load(dy + (p + k * step) * channels);
      }
#pragma unroll
      for (int k = 0; k < kPointsAhead; ++k) {
        if (p + k * step >= problem.points) continue;
#pragma unroll
        for (int j = 0; j < n; ++j) {
          values[k].at[j] = kept[j].of(Vec<T>(values[k].at[j]), Vec<T>(slopes[k].at[j])).v;
        }
        values[k].store(out + (p + k * step) * channels);
      }
    }
  }
};

struct Normalize {
  static constexpr int inputs = 1;
  template <class T>
  struct Kept {
    Vec<T> m, r, scale, offset;

    MARK1_DEVICE void load(const BatchNormArgs& args, int64_t sample, int64_t c) {
      const Rows<T> stats = stats_of<T>(args, sample);
      m = stats.first[c];
      r = stats.second[c];
      scale = factor<T>(args.scale, c, 1, 1);
      offset = factor<T>(args.offset, c, 1, 0);
    }
    MARK1_DEVICE Vec<T> of(Vec<T> x, Vec<T>) const {
      return fma(normalized(x, m, r), scale, offset);
    }
  };
};

struct Gradient {
  static constexpr int inputs = 2;
  template <class T>
  struct Kept {
    Vec<T> m, r, scale, a, minus_b;

    MARK1_DEVICE void load(const BatchNormArgs& args, int64_t sample, int64_t c) {
      const Rows<T> stats = stats_of<T>(args, sample);
      m = stats.first[c];
      r = stats.second[c];
      scale = factor<T>(args.scale, c, 1, 1);
      a = sums_of<T>(args, 2, sample)[c];
      minus_b = -Vec<T>(sums_of<T>(args, 3, sample)[c]);
    }
    MARK1_DEVICE Vec<T> of(Vec<T> x, Vec<T> dy) const {
      return gradient(dy, normalized(x, m, r), r, scale, a, minus_b);
    }
  };
};

template <class Formula, class T>
void queue_points(const BatchNormArgs& args, void* stream) {
  if (args.batch * args.points == 0) return;
  constexpr int n = gpu::packet_of<T>;
  using Packet = gpu::Packet<T, n>;
  const auto queue = [&]<int size>() {
    const Layout layout(args, size);
    gpu::queue<Points<Formula, T, size>>(
        {args, layout}, {args.batch * layout.rows * layout.columns, kPointThreads, 0}, stream);
  };
  const bool fits = args.channels % n == 0 && Packet::fits(static_cast<const T*>(args.x)) &&
                    Packet::fits(static_cast<const T*>(args.dy)) &&
                    Packet::fits(static_cast<const T*>(args.out));
  fits ? queue.template operator()<n>() : queue.template operator()<1>();
}

}  // namespace
}  // namespace cuda
}  // namespace mark1
