// The formulas of batch_norm over vectors of any width, lanes being channels. The reference is this
// code with vectors of one lane.
#pragma once

#include "ops/batch_norm/formulas.h"
#include "simd/for_each.h"
#include "simd/row_block.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Calls f.template operator()<points, vectors>(first point, channel, count) for tiles of points and
// channels: what is kept per channel is in registers while a tile is walked through. Few channels:
// all points of a chunk, for several whole vectors at a time, so that their sums hide each other's
// latency. Many: a few points, so that memory is read and written line after line; far from the
// caches only one, as lines of several points at multiples of 4 KB displace each other before they
// are used. `count` is of the last vector.
constexpr int side_by_side = Vec<float>::width >= 16 ? 4 : 2;
constexpr int few_points = Vec<float>::width > 1 ? 4 : 1;

template <int points, class T, class F>
MARK1_DEVICE inline void each_tile(int64_t point, Range channels, F f) {
  constexpr int w = Vec<T>::width, vectors = points == 0 ? side_by_side : 1;
  int64_t c = channels.begin;
  for (; c + vectors * w <= channels.end; c += vectors * w) {
    f.template operator()<points, vectors>(point, c, w);
  }
  for (; c + w <= channels.end; c += w) f.template operator()<points, 1>(point, c, w);
  if (c < channels.end) f.template operator()<points, 1>(point, c, int(channels.end - c));
}

// points == 0 stands for all of them.
template <class T, class F>
MARK1_DEVICE inline void each_tile(Range points, Range channels, bool far, F f) {
  if (channels.end - channels.begin <= side_by_side * Vec<T>::width) {
    return each_tile<0, T>(points.begin, channels, f);
  }
  int64_t p = points.begin;
  if (!far) {
    for (; p + few_points <= points.end; p += few_points) each_tile<few_points, T>(p, channels, f);
  }
  for (; p < points.end; ++p) each_tile<1, T>(p, channels, f);
}

// A part of the channels, and how far behind an element lies what should be fetched meanwhile; 0 if
// the processor finds it by itself.
struct Panel {
  Range channels;
  int64_t ahead;
};

// Calls f(panel) for all channels: in one, unless rows are far from the caches and longer than the
// 4 KB that a processor reads ahead. Then what is kept per channel stays in the first-level cache.
template <class T>
MARK1_DEVICE inline bool wide(int64_t channels) {
  return channels * static_cast<int64_t>(sizeof(T)) > 4096;
}
template <class T, class F>
MARK1_DEVICE inline void each_panel(int64_t channels, bool far, F f) {
  const bool parts = far && wide<T>(channels);
  const int64_t size = parts ? 2048 / static_cast<int64_t>(sizeof(T)) : channels;
  for (int64_t c = 0; c < channels; c += size) {
    const int64_t end = c + size < channels ? c + size : channels;
    f(Panel{{c, end}, parts ? 2 * channels : 0});
  }
}

// Calls f(p) for the points of a tile that begins at `first`.
template <int points, class F>
MARK1_DEVICE inline void each_point(Range chunk, int64_t first, F f) {
  if constexpr (points == 0) {
    for (int64_t p = chunk.begin; p < chunk.end; ++p) f(p);
  } else {
#pragma GCC unroll 4
    for (int p = 0; p < points; ++p) f(first + p);
  }
}

// Whether points far from the caches are walked one by one: rows of a page or less.
template <class T>
MARK1_DEVICE inline bool one_by_one(const BatchNormArgs& args) {
  return args.stream && !wide<T>(args.channels);
}

MARK1_DEVICE inline int64_t chunks_of(const BatchNormArgs& args) {
  return (args.points + kPointChunk - 1) / kPointChunk;
}

// Points of one chunk of one sample, counted over the whole batch.
MARK1_DEVICE inline Range points_of(const BatchNormArgs& args, int64_t sample, int64_t chunk) {
  const int64_t first = sample * args.points, begin = chunk * kPointChunk;
  const int64_t rest = args.points - begin;
  return {first + begin, first + begin + (rest < kPointChunk ? rest : kPointChunk)};
}

// Two rows of numbers per channel: of a chunk, or of all samples.
template <class T>
struct Rows {
  T* first;
  T* second;
};

template <class T>
MARK1_DEVICE inline Rows<T> totals_of(const BatchNormArgs& args, int64_t sample, int64_t chunk) {
  T* first = static_cast<T*>(args.totals) + (sample * chunks_of(args) + chunk) * 2 * args.channels;
  return {first, first + args.channels};
}

// m and r (or, before it is known, the sum of squares) of a sample's channels.
template <class T>
MARK1_DEVICE inline Rows<T> stats_of(const BatchNormArgs& args, int64_t sample) {
  T* first = static_cast<T*>(args.stats) + sample * args.channels;
  return {first, first + args.batch * args.channels};
}

// Sums of a chunk's terms into memory. `centre` is a number per channel, or null for zeros;
// add(sum, element, centre) returns what a sum becomes.
template <class T, class Add>
MARK1_DEVICE inline void sum_points(const T* x, Range chunk, int64_t channels, bool far,
                                    const T* centre, T* sums, Add add) {
  constexpr int w = Vec<T>::width;
  const auto tile = [&]<int points, int vectors>(int64_t first, int64_t c, int count) {
    Vec<T> sum[vectors], middle[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      sum[j] = first == chunk.begin ? Vec<T>(T(0)) : Vec<T>::load(sums + c + j * w, count);
      middle[j] = centre ? Vec<T>::load(centre + c + j * w, count) : Vec<T>(T(0));
    }
    each_point<points>(chunk, first, [&](int64_t p) {
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        sum[j] = add(sum[j], Vec<T>::load(x + p * channels + c + j * w, count), middle[j]);
      }
    });
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) sum[j].store(sums + c + j * w, count);
  };
  each_tile<T>(chunk, {0, channels}, far, tile);
}

// out[i] = sum over k < n of terms[k * stride + i] in chunks of 256 and groups of 64.
template <class T>
MARK1_DEVICE inline Vec<T> column_sum(const T* terms, int64_t n, int64_t stride, int count) {
  GroupedTotal<Vec<T>> sum;
  for (int64_t begin = 0; begin < n; begin += kPointChunk) {
    Vec<T> total(T(0));
    for (int64_t k = begin; k < begin + kPointChunk && k < n; ++k) {
      total = total + Vec<T>::load(terms + k * stride, count);
    }
    sum.add(total);
  }
  return sum.result();
}

// Runs one(sample, chunks, groups), which does everything for a sample, where each member can have
// samples of its own; else the steps with all members at each sample.
struct Plan {
  Range samples;
  bool whole;  // samples, not parts of them

  MARK1_DEVICE Plan(const BatchNormArgs& args, const Team& team)
      : samples(static_range(args.batch, 1, team)), whole(args.batch >= team.size) {}
};

// Calls step(sample, chunk) for this member's share of all chunks; backwards, so that the second
// time begins with what the first has left in the caches.
template <class Step>
MARK1_DEVICE inline void each_chunk(const BatchNormArgs& args, const Team& team, bool backwards,
                                    Step step) {
  const int64_t chunks = chunks_of(args);
  const Range tasks = static_range(args.batch * chunks, 1, team);
  const int64_t n = tasks.end - tasks.begin;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t task = backwards ? tasks.end - 1 - i : tasks.begin + i;
    step(task / chunks, task % chunks);
  }
}

// Calls step(sample, groups) for this member's share of all groups. A group of one channel is a
// lane; shares are then cut at whole vectors.
template <class Step>
MARK1_DEVICE inline void each_share_of_groups(const BatchNormArgs& args, const Team& team,
                                              Step step) {
  const Range groups = static_range(args.groups, args.groups == args.channels ? 64 : 1, team);
  for (int64_t sample = 0; sample < args.batch; ++sample) {
    if (groups.begin < groups.end) step(sample, groups);
  }
}

// The three steps of forward and of backward: chunks, groups, chunks.
template <class First, class Second, class Third>
MARK1_DEVICE inline void run_steps(const BatchNormArgs& args, const Team& team, First first,
                                   Second second, Third third) {
  const Plan plan(args, team);
  if (plan.whole) {
    for (int64_t sample = plan.samples.begin; sample < plan.samples.end; ++sample) {
      const int64_t chunks = chunks_of(args);
      for (int64_t chunk = 0; chunk < chunks; ++chunk) first(sample, chunk);
      second(sample, Range{0, args.groups});
      for (int64_t chunk = chunks - 1; chunk >= 0; --chunk) third(sample, chunk);
    }
    return;
  }
  each_chunk(args, team, false, first);
  team.barrier();
  each_share_of_groups(args, team, second);
  team.barrier();
  each_chunk(args, team, true, third);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
