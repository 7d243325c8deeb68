// The three products output by output: sums in the canonical order over what windows see.
#pragma once

#include "ops/conv/conv.h"
#include "ops/gemm/fused.h"

namespace mark1::MARK1_ISA {
namespace {

// A sum of products in the order of gemm's k: chains of 256, in groups of 64.
template <class T>
class ProductSum {
 public:
  MARK1_DEVICE void add(T a, T b) {
    if (count_ > 0 && count_ % kGemmChunk == 0) close_chunk();
    chain_ = fused(a, b, chain_);
    ++count_;
  }

  MARK1_DEVICE T total() {
    close_chunk();
    if (count_ > kGemmGroup) return total_ + group_;
    return group_;
  }

 private:
  MARK1_DEVICE void close_chunk() {
    const int64_t chunk = (count_ - 1) / kGemmChunk;
    const bool first = chunk * kGemmChunk % kGemmGroup == 0;
    if (first && chunk > 0) {
      total_ = count_ - 1 < 2 * kGemmGroup ? group_ : total_ + group_;
    }
    group_ = first ? chain_ : group_ + chain_;
    chain_ = 0;
  }

  int64_t count_ = 0;
  T chain_ = 0;
  T group_ = 0;
  T total_ = 0;
};

// One window: image and position along each axis.
struct Position {
  int64_t n;
  int64_t at[kConvAxes];
};

MARK1_DEVICE inline Position position_of(const ConvWindows& w, int64_t row) {
  Position p = {};
  for (int i = kConvAxes - 1; i >= 0; --i) {
    p.at[i] = row % w.axis[i].windows;
    row /= w.axis[i].windows;
  }
  p.n = row;
  return p;
}

MARK1_DEVICE inline int64_t count_windows(const ConvWindows& w) {
  return w.batch * w.axis[0].windows * w.axis[1].windows * w.axis[2].windows;
}

// The source under tap (t0, t1, t2) of a window; zero outside.
template <class T>
MARK1_DEVICE T source_at(const ConvWindows& w, const Position& p, int64_t t0, int64_t t1,
                         int64_t t2, int64_t channel) {
  const int64_t taps[kConvAxes] = {t0, t1, t2};
  int64_t at = p.n;
  for (int i = 0; i < kConvAxes; ++i) {
    const ConvAxis& axis = w.axis[i];
    const int64_t place = axis.first + p.at[i] * axis.step + taps[i] * axis.tap;
    if (place < 0 || place >= axis.size) return 0;
    at = at * axis.size + place;
  }
  return static_cast<const T*>(w.source)[at * w.groups * w.channels + channel];
}

template <class T>
MARK1_DEVICE T product_at(const ConvArgs& a, const Position& p, int64_t group, int64_t o) {
  const ConvWindows& w = a.windows;
  const T* filter = static_cast<const T*>(a.w) + group * a.w_group + o * a.w_output;
  ProductSum<T> sum;
  for (int64_t t0 = 0; t0 < w.axis[0].taps; ++t0) {
    for (int64_t t1 = 0; t1 < w.axis[1].taps; ++t1) {
      for (int64_t t2 = 0; t2 < w.axis[2].taps; ++t2) {
        const T* tap = filter + t0 * a.w_tap[0] + t1 * a.w_tap[1] + t2 * a.w_tap[2];
        for (int64_t c = 0; c < w.channels; ++c) {
          sum.add(source_at<T>(w, p, t0, t1, t2, group * w.channels + c), tap[c * a.w_channel]);
        }
      }
    }
  }
  return sum.total();
}

// Where the outputs of a window lie.
template <class T>
MARK1_DEVICE T* outputs_at(const ConvArgs& a, const Position& p) {
  T* y = static_cast<T*>(a.y) + p.n * a.y_batch;
  for (int i = 0; i < kConvAxes; ++i) y += p.at[i] * a.y_window[i];
  return y;
}

// Of window i, and of the pool's window that holds it, if it won there.
template <class T>
MARK1_DEVICE T dy_at(const ConvFilterArgs& a, int64_t i, int64_t columns, int64_t o) {
  const auto* dy = static_cast<const T*>(a.dy);
  if (!a.pool.index) return dy[i * columns + o];
  const Position p = position_of(a.windows, i);
  int64_t at = p.n;
  int64_t place = 0;
  for (int axis = 0; axis < kConvAxes; ++axis) {
    const PoolAxis& pool = a.pool.axis[axis];
    const int64_t within = (p.at[axis] + pool.before) % pool.stride;
    const int64_t window = (p.at[axis] + pool.before) / pool.stride;
    if (within >= pool.window || window >= pool.windows) return 0;
    at = at * pool.windows + window;
    place = place * pool.window + within;
  }
  at = at * columns + o;
  if (a.pool.index[at] != place) return 0;
  return dy[at] * T(static_cast<const T*>(a.pool.pooled)[at] > 0 ? 1 : 0);
}

// The gradient of the filter's element (row, o), row being a tap and a channel of o's group.
template <class T>
MARK1_DEVICE T filter_at(const ConvFilterArgs& a, int64_t row, int64_t o) {
  const ConvWindows& w = a.windows;
  const int64_t columns = w.groups * a.outputs;
  const int64_t tap = row / w.channels;
  const int64_t t2 = tap % w.axis[2].taps;
  const int64_t t1 = tap / w.axis[2].taps % w.axis[1].taps;
  const int64_t t0 = tap / w.axis[2].taps / w.axis[1].taps;
  const int64_t channel = o / a.outputs * w.channels + row % w.channels;
  ProductSum<T> sum;
  for (int64_t i = 0; i < count_windows(w); ++i) {
    const T x = source_at<T>(w, position_of(w, i), t0, t1, t2, channel);
    sum.add(x, dy_at<T>(a, i, columns, o));
  }
  return sum.total();
}

}  // namespace
}  // namespace mark1::MARK1_ISA
