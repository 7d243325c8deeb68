// What affine_transform and its gradient do to each pixel: their definition.
#pragma once

#include "ops/affine_transform/pixels.h"
#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AffineTransformKernels affine_transform_kernels;

namespace {

// The pixels around a place, -1 for the fill, and how far it is from the first of them.
template <class T>
struct Place {
  int64_t row[2], column[2];
  T p, q;
};

template <class T>
MARK1_DEVICE T whole_part(const AffineTransformArgs& args, T place, T* rest) {
  constexpr T far = T(2 * kMostPixels);
  if (!(place >= -far)) place = -far;
  if (place > far) place = far;
  const T whole = floor(Vec<T>(args.nearest ? place + T(0.5) : place)).v;
  *rest = args.nearest ? T(0) : place - whole;
  return whole;
}

template <class T>
MARK1_DEVICE Place<T> place_of(const AffineTransformArgs& args, int64_t sample, int64_t i,
                               int64_t j) {
  const T* t = static_cast<const T*>(args.transform) + sample * args.step;
  const Vec<T> x(static_cast<T>(j)), y(static_cast<T>(i));
  const T k = fma(Vec<T>(t[6]), x, fma(Vec<T>(t[7]), y, Vec<T>(1))).v;
  const T u = fma(Vec<T>(t[0]), x, fma(Vec<T>(t[1]), y, Vec<T>(t[2]))).v / k;
  const T v = fma(Vec<T>(t[3]), x, fma(Vec<T>(t[4]), y, Vec<T>(t[5]))).v / k;
  Place<T> place;
  const int64_t column = static_cast<int64_t>(whole_part(args, u, &place.p));
  const int64_t row = static_cast<int64_t>(whole_part(args, v, &place.q));
  for (int d = 0; d < 2; ++d) {
    place.column[d] = inside_of(args.outside, column + d, args.width);
    place.row[d] = inside_of(args.outside, row + d, args.height);
  }
  return place;
}

// The first channel of one of the four pixels in its picture, or -1 for the fill.
template <class T>
MARK1_DEVICE int64_t pixel(const AffineTransformArgs& args, const Place<T>& place, int down,
                           int right) {
  if (place.row[down] < 0 || place.column[right] < 0) return -1;
  return (place.row[down] * args.width + place.column[right]) * args.channels;
}

// Row i, column j of the result.
template <class T>
MARK1_DEVICE void show_pixel(const AffineTransformArgs& args, int64_t sample, int64_t i,
                             int64_t j) {
  const T* x = static_cast<const T*>(args.x) + sample * args.height * args.width * args.channels;
  T* out = static_cast<T*>(args.out) +
           ((sample * args.out_height + i) * args.out_width + j) * args.channels;
  const Place<T> place = place_of<T>(args, sample, i, j);
  for (int64_t c = 0; c < args.channels; ++c) {
    T value[2][2];
    for (int down = 0; down < 2; ++down) {
      for (int right = 0; right < 2; ++right) {
        const int64_t at = pixel(args, place, down, right);
        value[down][right] = at < 0 ? T(args.fill) : x[at + c];
      }
    }
    const Vec<T> p(place.p), q(place.q);
    const Vec<T> top = fma(p, Vec<T>(value[0][1] - value[0][0]), Vec<T>(value[0][0]));
    const Vec<T> bottom = fma(p, Vec<T>(value[1][1] - value[1][0]), Vec<T>(value[1][0]));
    out[c] = args.nearest ? value[0][0] : fma(q, bottom - top, top).v;
  }
}

template <class T>
MARK1_DEVICE void gradient(const AffineTransformArgs& args, const Team& team) {
  const int64_t size = args.height * args.width * args.channels;
  const Range samples = static_range(args.n, 1, team);
  for (int64_t sample = samples.begin; sample < samples.end; ++sample) {
    const int64_t first = sample * args.out_height * args.out_width * args.channels;
    const T* dy = static_cast<const T*>(args.x) + first;
    T* dx = static_cast<T*>(args.out) + sample * size;
    for (int64_t i = 0; i < size; ++i) dx[i] = 0;
    for (int64_t i = 0; i < args.out_height; ++i) {
      for (int64_t j = 0; j < args.out_width; ++j, dy += args.channels) {
        const Place<T> place = place_of<T>(args, sample, i, j);
        for (int down = 0; down < (args.nearest ? 1 : 2); ++down) {
          for (int right = 0; right < (args.nearest ? 1 : 2); ++right) {
            const int64_t at = pixel(args, place, down, right);
            for (int64_t c = 0; at >= 0 && c < args.channels; ++c) {
              const T below = place.q * dy[c];
              const T line = down ? below : dy[c] - below;
              const T beside = place.p * line;
              dx[at + c] += args.nearest ? dy[c] : right ? beside : line - beside;
            }
          }
        }
      }
    }
  }
}

}  // namespace

}  // namespace MARK1_ISA
}  // namespace mark1
