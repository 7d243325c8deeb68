// affine_transform: pictures seen through a map of their plane, one map for each.
//
//   affine_transform           x (N, H, W, C), transform (N or 1, 8)  ->  (N, h, w, C)
//   affine_transform_gradient  dy (N, h, w, C), transform, H, W       ->  (N, H, W, C)
//
// A transform is a0 a1 a2 b0 b1 b2 c0 c1. Row i, column j of the result is the value of x at
//
//   column u / k, row v / k,  u = a0 j + (a1 i + a2), v = b0 j + (b1 i + b2), k = c0 j + (c1 i + 1)
//
// (both sums fused), a place that is not a number counting as far outside. Bilinear, with the whole
// part of a place and the rest p, q of column and row, and the four pixels around it:
//
//   top = x00 + p (x01 - x00), bottom = x10 + p (x11 - x10), y = top + q (bottom - top)
//
// each a difference and a fused sum. Nearest: the pixel at floor(place + 1/2). What a pixel outside
// is, says the mode, applied to row and column: abcd goes on as
//
//   constant  kkkk|abcd|kkkk  (fill)        nearest  aaaa|abcd|dddd     wrap  abcd|abcd|abcd
//   mirror     dcb|abcd|cba                 reflect  dcba|abcd|dcba
//
// The gradient (of x alone) goes through outputs in row-major order and adds to the four pixels in
// the order 00, 01, 10, 11: top = dy - q dy and bottom = q dy of each, less and times p.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class Outside : int64_t { kConstant, kNearest, kWrap, kMirror, kReflect };

struct AffineTransformArgs {
  const void* x;          // or dy
  const void* transform;  // of x's dtype
  void* out;
  int64_t n;
  int64_t height;  // of x in both directions
  int64_t width;
  int64_t out_height;
  int64_t out_width;
  int64_t channels;
  int64_t step;  // between transforms: 8, or 0 if there is one for all
  Outside outside;
  int64_t nearest;  // 1: no interpolation
  double fill;
};

struct AffineTransformKernels {
  Kernel<AffineTransformArgs> forward[2];  // float32, float64
  Kernel<AffineTransformArgs> gradient[2];
};

// The greatest height and width: places further out are moved to twice that.
constexpr int64_t kMostPixels = int64_t(1) << 20;

Tensor affine_transform(const Tensor& x, const Tensor& transform, int64_t height, int64_t width,
                        Outside outside, bool nearest, double fill);
Tensor affine_transform_gradient(const Tensor& dy, const Tensor& transform, int64_t height,
                                 int64_t width, Outside outside, bool nearest);

}  // namespace mark1
