// Convolutions for which tiles are too wide: a thread per output, neighbours being channels.
#pragma once

#include "ops/conv/patches.cuh"
#include "ops/conv/sums.h"
#include "ops/gemm/sums.cuh"

namespace mark1::cuda {
namespace {

// Any convolution as the definition has it.
template <class T>
struct SingleProducts {
  static constexpr bool alone = true;
  using Args = ConvArgs;

  static MARK1_DEVICE void run(const Args& a, const gpu::Block& block) {
    const int64_t at = block.index() * block.threads() + block.thread();
    const int64_t columns = a.windows.groups * a.outputs, column = at % columns;
    if (at >= count_windows(a.windows) * columns) return;
    const Position p = position_of(a.windows, at / columns);
    T* y = outputs_at<T>(a, p) + column;
    const Ending<T> end = {false, static_cast<const T*>(a.bias), a.activation, a.alpha};
    *y = end.of(product_at<T>(a, p, column / a.outputs, column % a.outputs), column, y);
    end.activate(y, 1);
  }
};
template <class T>
struct SingleFilters {
  static constexpr bool alone = true;
  using Args = ConvFilterArgs;

  static MARK1_DEVICE void run(const Args& a, const gpu::Block& block) {
    const ConvWindows& w = a.windows;
    const int64_t at = block.index() * block.threads() + block.thread();
    const int64_t columns = w.groups * a.outputs;
    const int64_t rows = w.axis[0].taps * w.axis[1].taps * w.axis[2].taps * w.channels;
    if (at >= rows * columns) return;
    static_cast<T*>(a.dw)[at] = filter_at<T>(a, at / columns, at % columns);
  }
};

struct DepthwiseArgs {
  ConvArgs conv;
  Patches patches;
  int64_t windows;
};

// One channel and one output per group, a sum of at most a chunk. A thread makes kRun
// neighbouring outputs, one or 16 bytes of them: bound by memory, at some 8 instructions per tap.
template <class T, int kRun>
struct Depthwise {
  static constexpr bool alone = true;
  using Args = DepthwiseArgs;
  struct alignas(kRun * sizeof(T)) Run {
    T of[kRun];
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const ConvArgs& a = args.conv;
    const Patches& p = args.patches;
    const int64_t at = block.index() * block.threads() + block.thread();
    const int64_t runs = a.windows.groups / kRun, channel = at % runs * kRun;
    if (at >= args.windows * runs) return;
    const Walk window(p.windows, at / runs);
    const Spot spot = p.window_spot(window);
    const T* x = static_cast<const T*>(p.source) + spot.offset + channel;
    const T* w = static_cast<const T*>(a.w) + channel;
    Run sum = {};
    for (int32_t t0 = 0, x0 = spot.at[0]; t0 < p.taps[0]; ++t0, x0 += p.tap[0]) {
      const bool in0 = static_cast<uint32_t>(x0) < static_cast<uint32_t>(p.size[0]);
      for (int32_t t1 = 0, x1 = spot.at[1]; t1 < p.taps[1]; ++t1, x1 += p.tap[1]) {
        const bool in1 = in0 && static_cast<uint32_t>(x1) < static_cast<uint32_t>(p.size[1]);
        const T* line = x + t0 * p.tap[0] * p.stride[0] + t1 * p.tap[1] * p.stride[1];
        const T* taps = w + t0 * a.w_tap[0] + t1 * a.w_tap[1];
        for (int32_t t2 = 0, x2 = spot.at[2]; t2 < p.taps[2]; ++t2, x2 += p.tap[2]) {
          const bool in = in1 && static_cast<uint32_t>(x2) < static_cast<uint32_t>(p.size[2]);
          const Run factor = *reinterpret_cast<const Run*>(taps);
          Run value = {};
          if (in) value = *reinterpret_cast<const Run*>(line);
#pragma unroll
          for (int e = 0; e < kRun; ++e) {
            sum.of[e] = fused(value.of[e], factor.of[e], sum.of[e]);
          }
          line += p.tap[2] * p.stride[2];
          taps += a.w_tap[2];
        }
      }
    }
    T* y = static_cast<T*>(a.y) + window.digit[0] * a.y_batch + channel;
#pragma unroll
    for (int i = 0; i < kConvAxes; ++i) y += window.digit[i + 1] * a.y_window[i];
    const Ending<T> end = {false, static_cast<const T*>(a.bias), a.activation, a.alpha};
#pragma unroll
    for (int e = 0; e < kRun; ++e) sum.of[e] = end.of(sum.of[e], channel + e, y + e);
    *reinterpret_cast<Run*>(y) = sum;
    end.activate(y, kRun);
  }
};

struct GroupedArgs {
  ConvFilterArgs conv;
  Patches patches;
  int64_t windows, rows;
  Slots slots;  // one: dw itself
};

// The filter gradient of groups with few outputs: a thread per chunk of windows and element of dw,
// neighbours being outputs, which read x and dy side by side.
template <class T>
struct GroupedFilters {
  static constexpr bool alone = true;
  using Args = GroupedArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const ConvFilterArgs& a = args.conv;
    const Patches& p = args.patches;
    const int64_t at = block.index() * block.threads() + block.thread();
    const int64_t columns = a.windows.groups * a.outputs, elements = args.rows * columns;
    if (at >= args.slots.slots * elements) return;
    const int64_t column = at % columns, row = at / columns % args.rows, chunk = at / elements;
    const int64_t first = chunk * kGemmChunk, left = args.windows - first;
    const Spot tap = p.tap_spot(Walk(p.taps, row));
    const T* x = static_cast<const T*>(p.source) + column / a.outputs * a.windows.channels;
    const T* dy = static_cast<const T*>(a.dy) + first * columns + column;
    Walk walk(p.windows, first);
    T sum = 0;
    for (int64_t i = 0; i < left && i < kGemmChunk; ++i) {
      const Spot window = p.window_spot(walk);
      const T value = p.inside(tap, window) ? x[tap.offset + window.offset] : T(0);
      sum = fused(value, *dy, sum);
      dy += columns;
      walk.advance(p.windows, 1);
    }
    static_cast<T*>(args.slots.totals)[at] = sum;
  }
};

}  // namespace
}  // namespace mark1::cuda
