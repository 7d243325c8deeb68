// Forward and backward of batch_norm from the pieces in columns.h.
#pragma once

#include "ops/batch_norm/columns.h"

namespace mark1 {
namespace MARK1_ISA {

extern const BatchNormKernels batch_norm_kernels;

namespace {

// Elements that one point has, of which those `ahead` will be wanted soon.
template <class T>
MARK1_DEVICE inline Vec<T> element(const T* at, int count, int64_t ahead) {
  if (ahead) fetch_ahead(at + ahead);
  return Vec<T>::load(at, count);
}

// Mean and sum of squared deviations of each channel in one chunk.
template <class T>
MARK1_DEVICE void chunk_moments(const BatchNormArgs& args, int64_t sample, int64_t chunk) {
  const Range points = points_of(args, sample, chunk);
  const Rows<T> out = totals_of<T>(args, sample, chunk);
  const Vec<T> n(static_cast<T>(points.end - points.begin));
  const auto* x = static_cast<const T*>(args.x);
  const bool far = one_by_one<T>(args);
  sum_points<T>(x, points, args.channels, far, nullptr, out.first,
                [](Vec<T> sum, Vec<T> x, Vec<T>) { return sum + x; });
  for_each_vector<T>({0, args.channels}, [&](int64_t c, int count) {
    (Vec<T>::load(out.first + c, count) / n).store(out.first + c, count);
  });
  sum_points<T>(x, points, args.channels, far, out.first, out.second,
                [](Vec<T> sum, Vec<T> x, Vec<T> mean) { return add_square(sum, x, mean); });
}

// A moving statistic after a step.
template <class T>
MARK1_DEVICE inline void move(void* moving, const BatchNormArgs& args, int64_t c, int count,
                              Vec<T> value) {
  if (!moving) return;
  T* to = static_cast<T*>(moving) + c;
  const Vec<T> momentum(static_cast<T>(args.momentum));
  const Vec<T> rest(static_cast<T>(1 - args.momentum));
  fma(Vec<T>::load(to, count), momentum, rest * value).store(to, count);
}

// What becomes of a channel's moments: m and r, or, in a group of several, what merge_channels
// wants.
template <class T>
MARK1_DEVICE inline void put_moments(const BatchNormArgs& args, int64_t sample, int64_t c,
                                     int count, const Moments<Vec<T>>& found) {
  const Rows<T> stats = stats_of<T>(args, sample);
  found.mean.store(stats.first + c, count);
  if (args.groups != args.channels) {
    found.squares.store(stats.second + c, count);
    return;
  }
  const Vec<T> variance = found.squares / Vec<T>(static_cast<T>(args.points));
  inverse_root(args, variance).store(stats.second + c, count);
  move<T>(args.moving_mean, args, c, count, found.mean);
  move<T>(args.moving_variance, args, c, count, variance);
}

// m and r of a group of several channels.
template <class T>
MARK1_DEVICE inline void merge_channels(const BatchNormArgs& args, int64_t sample, int64_t group) {
  const int64_t size = args.channels / args.groups, begin = group * size, end = begin + size;
  const Rows<T> stats = stats_of<T>(args, sample);
  Moments<Vec<T>> merged;
  // One channel after the other: in every lane the same.
  for (int64_t c = begin; c < end; ++c) {
    merged.merge({args.points, Vec<T>(stats.first[c]), Vec<T>(stats.second[c])});
  }
  const Vec<T> r = inverse_root(args, merged.squares / Vec<T>(static_cast<T>(args.points * size)));
  for (int64_t c = begin; c < end; ++c) {
    stats.first[c] = first(merged.mean);
    stats.second[c] = first(r);
  }
}

// Moments of some channels in one chunk.
template <class T>
MARK1_DEVICE inline Moments<Vec<T>> moments_of(const BatchNormArgs& args, int64_t sample,
                                               int64_t chunk, int64_t c, int count) {
  const Rows<T> totals = totals_of<T>(args, sample, chunk);
  const Range points = points_of(args, sample, chunk);
  return {points.end - points.begin, Vec<T>::load(totals.first + c, count),
          Vec<T>::load(totals.second + c, count)};
}

// m and r of the channels of some groups of a sample.
template <class T>
MARK1_DEVICE void group_stats(const BatchNormArgs& args, int64_t sample, Range groups) {
  const int64_t size = args.channels / args.groups, chunks = chunks_of(args);
  for_each_vector<T>({groups.begin * size, groups.end * size}, [&](int64_t c, int count) {
    GroupedMoments<Vec<T>> merged;
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      merged.add(moments_of<T>(args, sample, chunk, c, count));
    }
    put_moments(args, sample, c, count, merged.result());
  });
  for (int64_t g = groups.begin; g < groups.end && size > 1; ++g) {
    merge_channels<T>(args, sample, g);
  }
}

template <class T>
MARK1_DEVICE void normalize_chunk(const BatchNormArgs& args, int64_t sample, int64_t chunk,
                                  bool stream) {
  // Copies, as what is stored might be the arguments for all a compiler knows.
  const int64_t channels = args.channels;
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const Range chunk_points = points_of(args, sample, chunk);
  const Rows<T> stats = stats_of<T>(args, sample);
  const auto tile = [&]<int points, int vectors>(int64_t first, int64_t c, int count) {
    constexpr int w = Vec<T>::width;
    Vec<T> m[vectors], r[vectors], scale[vectors], offset[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      m[j] = Vec<T>::load(stats.first + c + j * w, count);
      r[j] = Vec<T>::load(stats.second + c + j * w, count);
      scale[j] = factor<T>(args.scale, c + j * w, count, 1);
      offset[j] = factor<T>(args.offset, c + j * w, count, 0);
    }
    each_point<points>(chunk_points, first, [&](int64_t p) {
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        const Vec<T> value = Vec<T>::load(x + p * channels + c + j * w, count);
        put(fma(normalized(value, m[j], r[j]), scale[j], offset[j]), out + p * channels + c + j * w,
            count, stream);
      }
    });
  };
  each_tile<T>(chunk_points, {0, args.channels}, one_by_one<T>(args), tile);
}

// m and r where they are given.
template <class T>
MARK1_DEVICE inline void frozen_stats(const BatchNormArgs& args, Range channels) {
  const Rows<T> stats = stats_of<T>(args, 0);
  for_each_vector<T>(channels, [&](int64_t c, int count) {
    Vec<T>::load(static_cast<const T*>(args.mean) + c, count).store(stats.first + c, count);
    const auto variance = Vec<T>::load(static_cast<const T*>(args.variance) + c, count);
    inverse_root(args, variance).store(stats.second + c, count);
  });
}

template <class T>
MARK1_DEVICE void forward(const BatchNormArgs& args, const Team& team) {
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), args.channels);
  const auto normalize = [&](int64_t sample, int64_t chunk) {
    normalize_chunk<T>(args, sample, chunk, stream);
  };
  if (args.frozen) {
    if (team.rank == 0) frozen_stats<T>(args, {0, args.channels});
    team.barrier();
    each_chunk(args, team, false, normalize);
  } else {
    run_steps(
        args, team, [&](int64_t n, int64_t chunk) { chunk_moments<T>(args, n, chunk); },
        [&](int64_t n, Range groups) { group_stats<T>(args, n, groups); }, normalize);
  }
  end_stream(stream);
}

// Sums of dy and of dy h in one chunk.
template <class T>
MARK1_DEVICE void chunk_sums(const BatchNormArgs& args, int64_t sample, int64_t chunk) {
  // Copies, as what is stored might be the arguments for all a compiler knows.
  const int64_t channels = args.channels;
  const auto* x = static_cast<const T*>(args.x);
  const auto* dy = static_cast<const T*>(args.dy);
  const Range points = points_of(args, sample, chunk);
  const Rows<T> stats = stats_of<T>(args, sample), sums = totals_of<T>(args, sample, chunk);
  constexpr int w = Vec<T>::width;
  int64_t ahead = 0;
  const auto tile = [&]<int n, int vectors>(int64_t first, int64_t c, int count) {
    const bool start = first == points.begin;
    Vec<T> m[vectors], r[vectors], sum[vectors], product[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      m[j] = Vec<T>::load(stats.first + c + j * w, count);
      r[j] = Vec<T>::load(stats.second + c + j * w, count);
      sum[j] = start ? Vec<T>(T(0)) : Vec<T>::load(sums.first + c + j * w, count);
      product[j] = start ? Vec<T>(T(0)) : Vec<T>::load(sums.second + c + j * w, count);
    }
    each_point<n>(points, first, [&](int64_t p) {
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        const Vec<T> value = element(x + p * channels + c + j * w, count, ahead);
        const Vec<T> slope = element(dy + p * channels + c + j * w, count, ahead);
        sum[j] = sum[j] + slope;
        product[j] = fma(slope, normalized(value, m[j], r[j]), product[j]);
      }
    });
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      sum[j].store(sums.first + c + j * w, count);
      product[j].store(sums.second + c + j * w, count);
    }
  };
  each_panel<T>(args.channels, args.stream, [&](const Panel& panel) {
    ahead = panel.ahead;
    each_tile<T>(points, panel.channels, args.stream, tile);
  });
}

// Rows 0 and 1 of `sums` are s1 and s2, rows 2 and 3 a and b.
template <class T>
MARK1_DEVICE inline T* sums_of(const BatchNormArgs& args, int row, int64_t sample) {
  return static_cast<T*>(args.sums) + (row * args.batch + sample) * args.channels;
}

// What becomes of s1 or s2 (row 0 or 1): a or b, or, in a group of several, what add_channels
// wants.
template <class T>
MARK1_DEVICE inline void put_sum(const BatchNormArgs& args, int row, int64_t sample, int64_t c,
                                 int count, Vec<T> total) {
  total.store(sums_of<T>(args, row, sample) + c, count);
  Vec<T> scaled = total * factor<T>(args.scale, c, count, 1);
  if (args.groups == args.channels) scaled = scaled / Vec<T>(static_cast<T>(args.points));
  if (args.frozen) scaled = Vec<T>(T(0));
  scaled.store(sums_of<T>(args, row + 2, sample) + c, count);
}

// a or b of a group of several channels.
template <class T>
MARK1_DEVICE inline void add_channels(const BatchNormArgs& args, int row, int64_t sample,
                                      int64_t group) {
  const int64_t size = args.channels / args.groups, begin = group * size, end = begin + size;
  T* part = sums_of<T>(args, row + 2, sample);
  T sum = part[begin];
  for (int64_t c = begin + 1; c < end; ++c) sum = sum + part[c];
  for (int64_t c = begin; c < end; ++c) part[c] = sum / static_cast<T>(args.points * size);
}

template <class T>
MARK1_DEVICE void group_sums(const BatchNormArgs& args, int64_t sample, Range groups) {
  const int64_t size = args.channels / args.groups, chunks = chunks_of(args);
  for (int row = 0; row < 2; ++row) {
    for_each_vector<T>({groups.begin * size, groups.end * size}, [&](int64_t c, int count) {
      GroupedTotal<Vec<T>> sum;
      for (int64_t chunk = 0; chunk < chunks; ++chunk) {
        const Rows<T> totals = totals_of<T>(args, sample, chunk);
        sum.add(Vec<T>::load((row == 0 ? totals.first : totals.second) + c, count));
      }
      put_sum(args, row, sample, c, count, sum.result());
    });
    for (int64_t g = groups.begin; g < groups.end && size > 1; ++g) {
      add_channels<T>(args, row, sample, g);
    }
  }
}

template <class T>
MARK1_DEVICE void gradient_chunk(const BatchNormArgs& args, int64_t sample, int64_t chunk,
                                 bool stream) {
  // Copies, as what is stored might be the arguments for all a compiler knows.
  const int64_t channels = args.channels;
  const auto* x = static_cast<const T*>(args.x);
  const auto* dy = static_cast<const T*>(args.dy);
  auto* out = static_cast<T*>(args.out);
  const Range chunk_points = points_of(args, sample, chunk);
  const Rows<T> stats = stats_of<T>(args, sample);
  int64_t ahead = 0;
  const auto tile = [&]<int points, int vectors>(int64_t first, int64_t c, int count) {
    constexpr int w = Vec<T>::width;
    Vec<T> m[vectors], r[vectors], scale[vectors], a[vectors], minus_b[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      m[j] = Vec<T>::load(stats.first + c + j * w, count);
      r[j] = Vec<T>::load(stats.second + c + j * w, count);
      scale[j] = factor<T>(args.scale, c + j * w, count, 1);
      a[j] = Vec<T>::load(sums_of<T>(args, 2, sample) + c + j * w, count);
      minus_b[j] = -Vec<T>::load(sums_of<T>(args, 3, sample) + c + j * w, count);
    }
    each_point<points>(chunk_points, first, [&](int64_t p) {
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        const Vec<T> value = element(x + p * channels + c + j * w, count, ahead);
        const Vec<T> slope = element(dy + p * channels + c + j * w, count, ahead);
        const Vec<T> h = normalized(value, m[j], r[j]);
        put(gradient(slope, h, r[j], scale[j], a[j], minus_b[j]), out + p * channels + c + j * w,
            count, stream);
      }
    });
  };
  each_panel<T>(args.channels, args.stream, [&](const Panel& panel) {
    ahead = panel.ahead;
    each_tile<T>(chunk_points, panel.channels, args.stream, tile);
  });
}

template <class T>
MARK1_DEVICE inline void parameter_gradients(const BatchNormArgs& args, Range channels) {
  for_each_vector<T>(channels, [&](int64_t c, int count) {
    const auto sum = [&](int row) {
      return column_sum(sums_of<T>(args, row, 0) + c, args.batch, args.channels, count);
    };
    sum(0).store(static_cast<T*>(args.doffset) + c, count);
    sum(1).store(static_cast<T*>(args.dscale) + c, count);
  });
}

template <class T>
MARK1_DEVICE void backward(const BatchNormArgs& args, const Team& team) {
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), args.channels);
  run_steps(
      args, team, [&](int64_t n, int64_t chunk) { chunk_sums<T>(args, n, chunk); },
      [&](int64_t n, Range groups) { group_sums<T>(args, n, groups); },
      [&](int64_t n, int64_t chunk) { gradient_chunk<T>(args, n, chunk, stream); });
  end_stream(stream);
  team.barrier();
  parameter_gradients<T>(args, static_range(args.channels, 64, team));
}

#if !defined(MARK1_ISA_cuda)
constexpr BatchNormKernels make_batch_norm_kernels() {
  return {.forward = {make_meeting_kernel<BatchNormArgs, &forward<float>>(),
                      make_meeting_kernel<BatchNormArgs, &forward<double>>()},
          .backward = {make_meeting_kernel<BatchNormArgs, &backward<float>>(),
                       make_meeting_kernel<BatchNormArgs, &backward<double>>()}};
}
#endif

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
