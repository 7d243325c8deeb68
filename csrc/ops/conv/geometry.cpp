#include "ops/conv/geometry.h"

#include <numeric>

namespace mark1 {

// Distances of windows and taps, and zeros before and after: sums of products of these fit int64.
constexpr int64_t kMostDistance = (int64_t{1} << 31) - 1;
constexpr int64_t kMostZeros = (int64_t{1} << 48) - 1;

void check_conv(const char* op, const Spec& x, const Spec& w, const ConvWindow& window) {
  if (x.dtype != w.dtype) {
    fail<TypeError>(op, "x is ", name(x.dtype), ", the filter is ", name(w.dtype));
  }
  float_index(op, x.dtype);
  const int rank = window.rank;
  if (x.shape.rank() != rank + 2 || w.shape.rank() != rank + 2) {
    fail<ValueError>(op, "over ", rank, " axes needs x (batch, ", rank,
                     " axes, channels) and a filter (", rank,
                     " axes, channels, outputs) (x: ", x.shape, ", w: ", w.shape, ")");
  }
  if (w.shape.back() < 1) fail<ValueError>(op, "a filter needs outputs (w: ", w.shape, ")");
  const int64_t channels = x.shape.back();
  const int64_t seen = w.shape[rank];
  if (channels >= 0 && (seen < 1 || channels < seen || channels % seen != 0)) {
    fail<ValueError>(op, "the filter takes ", seen, " channels, x has ", channels, " (x: ", x.shape,
                     ", w: ", w.shape, "). They must be equal, or in groups a multiple");
  }
  if (channels >= 0 && w.shape.back() % (channels / seen) != 0) {
    fail<ValueError>(op, w.shape.back(), " outputs cannot be shared out to ", channels / seen,
                     " groups (x: ", x.shape, ", w: ", w.shape, ")");
  }
  for (int i = 0; i < rank; ++i) {
    if (window.strides[i] < 1 || window.dilations[i] < 1) {
      fail<ValueError>(op, "strides and dilations must be positive, got ", window.strides[i],
                       " and ", window.dilations[i]);
    }
    if (window.strides[i] > kMostDistance || window.dilations[i] > kMostDistance) {
      fail<ValueError>(op, "strides and dilations must be below 2^31, got ", window.strides[i],
                       " and ", window.dilations[i]);
    }
    if (window.low[i] < 0 || window.high[i] < 0) {
      fail<ValueError>(op, "padding must not be negative, got (", window.low[i], ", ",
                       window.high[i], ")");
    }
    if (window.low[i] > kMostZeros || window.high[i] > kMostZeros) {
      fail<ValueError>(op, "padding must be below 2^48, got (", window.low[i], ", ", window.high[i],
                       ")");
    }
    if (w.shape[i] < 1 || w.shape[i] > kMostDistance) {
      fail<ValueError>(op, "a filter needs 1 to 2^31 - 1 taps along an axis (w: ", w.shape, ")");
    }
  }
}

Shape conv_shape(const char* op, const Shape& x, const Shape& w, const ConvWindow& window) {
  Shape y{x[0]};
  for (int i = 0; i < window.rank; ++i) {
    const int64_t size = x[i + 1];
    const int64_t reach = (w[i] - 1) * window.dilations[i] + 1;
    const int64_t room = size + window.low[i] + window.high[i] - reach;
    if (size >= 0 && room < 0) {
      fail<ValueError>(op, "a window of ", reach, " does not fit ",
                       size + window.low[i] + window.high[i], " positions (x: ", x, ", w: ", w,
                       "). Use padding='same', or a smaller filter");
    }
    y.push_back(size < 0 ? -1 : room / window.strides[i] + 1);
  }
  y.push_back(w.back());
  return y;
}

void check_output(const char* op, const Shape& dy, const Shape& expected) {
  if (!(dy == expected)) {
    fail<ValueError>(op, "the output has shape ", expected, ", got ", dy);
  }
}

ConvWindows windows_of(const Shape& x, const Shape& w, const Shape& y, const ConvWindow& window) {
  ConvWindows windows = {};
  windows.batch = x[0];
  windows.channels = w[window.rank];
  windows.groups = x.back() / windows.channels;
  const int missing = kConvAxes - window.rank;
  for (int i = 0; i < missing; ++i) windows.axis[i] = {1, 1, 1, 0, 1, 1};
  for (int i = 0; i < window.rank; ++i) {
    windows.axis[missing + i] = {x[i + 1],       y[i + 1],          w[i],
                                 -window.low[i], window.strides[i], window.dilations[i]};
  }
  return windows;
}

ConvPhase phase_of(const ConvAxis& axis, int64_t first) {
  // Window q meets position i with tap t where first + q step + t tap = i.
  const int64_t stride = axis.step;
  const int64_t phase = ((first - axis.first) % stride + stride) % stride;
  ConvPhase part = {};
  part.axis.windows = (axis.size - 1 - first) / stride + 1;
  part.axis.size = axis.windows;
  part.axis.step = 1;
  // Of the taps, one in `tap_step` hits: those with t tap % stride == phase.
  const int64_t common = std::gcd(axis.tap, stride);
  part.tap_step = stride / common;
  part.axis.tap = -axis.tap / common;
  int64_t tap = 0;
  while (tap < part.tap_step && tap < axis.taps && (tap * axis.tap - phase) % stride != 0) ++tap;
  const bool hit = tap < part.tap_step && tap < axis.taps;
  part.first_tap = hit ? tap : 0;
  part.axis.taps = hit ? (axis.taps - 1 - tap) / part.tap_step + 1 : 0;
  part.axis.first = hit ? (first - axis.first - tap * axis.tap) / stride : 0;
  return part;
}

}  // namespace mark1
