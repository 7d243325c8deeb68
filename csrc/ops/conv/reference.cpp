// The definition of the three products: plain loops in the canonical order.
#include "ops/activation/epilogue.h"
#include "ops/conv/conv.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

MARK1_DEVICE float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
MARK1_DEVICE double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}

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

MARK1_DEVICE Position position_of(const ConvWindows& w, int64_t row) {
  Position p = {};
  for (int i = kConvAxes - 1; i >= 0; --i) {
    p.at[i] = row % w.axis[i].windows;
    row /= w.axis[i].windows;
  }
  p.n = row;
  return p;
}

MARK1_DEVICE int64_t count_windows(const ConvWindows& w) {
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

template <class T>
MARK1_DEVICE void product(const ConvArgs& a, const Team& team) {
  const ConvWindows& w = a.windows;
  const T* bias = static_cast<const T*>(a.bias);
  const Range rows = static_range(count_windows(w), 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const Position p = position_of(w, row);
    T* y = static_cast<T*>(a.y) + p.n * a.y_batch;
    for (int i = 0; i < kConvAxes; ++i) y += p.at[i] * a.y_window[i];
    for (int64_t group = 0; group < w.groups; ++group) {
      for (int64_t o = 0; o < a.outputs; ++o) {
        const int64_t at = group * a.outputs + o;
        const T sum = product_at<T>(a, p, group, o);
        y[at] = bias ? sum + bias[at] : sum;
      }
    }
    finish_row<T>(a.activation, y, w.groups * a.outputs, a.alpha);
  }
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

template <class T>
MARK1_DEVICE void filter(const ConvFilterArgs& a, const Team& team) {
  const ConvWindows& w = a.windows;
  const int64_t columns = w.groups * a.outputs;
  const int64_t taps = w.axis[0].taps * w.axis[1].taps * w.axis[2].taps;
  const bool owns_bias = a.db && team.rank == 0;
  for (int64_t o = 0; o < columns && owns_bias; ++o) {
    ProductSum<T> sum;
    for (int64_t i = 0; i < count_windows(w); ++i) sum.add(1, dy_at<T>(a, i, columns, o));
    static_cast<T*>(a.db)[o] = sum.total();
  }
  const Range rows = static_range(taps * w.channels, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const int64_t tap = row / w.channels;
    const int64_t t2 = tap % w.axis[2].taps;
    const int64_t t1 = tap / w.axis[2].taps % w.axis[1].taps;
    const int64_t t0 = tap / w.axis[2].taps / w.axis[1].taps;
    for (int64_t o = 0; o < columns; ++o) {
      const int64_t channel = o / a.outputs * w.channels + row % w.channels;
      ProductSum<T> sum;
      for (int64_t i = 0; i < count_windows(w); ++i) {
        const T x = source_at<T>(w, position_of(w, i), t0, t1, t2, channel);
        sum.add(x, dy_at<T>(a, i, columns, o));
      }
      static_cast<T*>(a.dw)[row * columns + o] = sum.total();
    }
  }
}

int64_t no_product_bytes(const ConvArgs&, int) {
  return 0;
}
int64_t no_filter_bytes(const ConvFilterArgs&, int) {
  return 0;
}

}  // namespace

extern const ConvKernels conv_kernels;
const ConvKernels conv_kernels = {
    {make_kernel<ConvArgs, &product<float>>(), make_kernel<ConvArgs, &product<double>>()},
    {make_kernel<ConvFilterArgs, &filter<float>>(), make_kernel<ConvFilterArgs, &filter<double>>()},
    {&no_product_bytes, &no_product_bytes},
    {&no_filter_bytes, &no_filter_bytes},
};

}  // namespace MARK1_ISA
}  // namespace mark1
