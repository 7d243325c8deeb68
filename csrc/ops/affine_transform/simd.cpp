// affine_transform: the places of 64 outputs by the vector, then pixel by pixel; lanes run over
// channels where there are many.
#include "ops/affine_transform/pixels.h"
#include "simd/for_each.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AffineTransformKernels affine_transform_kernels;

namespace {

constexpr int block = 64;

// Whole parts and rests of the places of one line's outputs.
template <class T>
struct Places {
  using Int = typename IntVec<T>::Scalar;
  alignas(64) Int column[block], row[block];
  alignas(64) T p[block], q[block];
  alignas(64) T number[block];

  Places() {
    for (int i = 0; i < block; ++i) number[i] = T(i);
  }

  void find(const AffineTransformArgs& args, int64_t sample, int64_t i, int64_t j, int count) {
    const T* t = static_cast<const T*>(args.transform) + sample * args.step;
    const Vec<T> y(static_cast<T>(i)), begin(static_cast<T>(j)), one(1);
    const Vec<T> u0 = fma(Vec<T>(t[1]), y, Vec<T>(t[2])), v0 = fma(Vec<T>(t[4]), y, Vec<T>(t[5]));
    const Vec<T> k0 = fma(Vec<T>(t[7]), y, one);
    const Vec<T> a(t[0]), b(t[3]), c(t[6]);
    for (int m = 0; m < count; m += Vec<T>::width) {
      const Vec<T> x = begin + Vec<T>::load(number + m);
      const Vec<T> k = fma(c, x, k0);
      split(args, fma(a, x, u0) / k, column + m, p + m);
      split(args, fma(b, x, v0) / k, row + m, q + m);
    }
  }

  static void split(const AffineTransformArgs& args, Vec<T> place, Int* whole, T* rest) {
    const Vec<T> far(T(2 * kMostPixels));
    place = select(place >= -far, place, -far);
    place = select(place > far, far, place);
    const Vec<T> low = floor(args.nearest ? place + Vec<T>(T(0.5)) : place);
    to_int(low).store(whole);
    (args.nearest ? Vec<T>(0) : place - low).store(rest);
  }
};

// The four pixels of a place, null for the fill.
template <class T>
struct Corners {
  const T* at[2][2];
  bool whole;  // none is
};

template <class T>
Corners<T> corners(const AffineTransformArgs& args, const T* x, int64_t row, int64_t column) {
  const int64_t line = args.width * args.channels;
  if (row >= 0 && row + 1 < args.height && column >= 0 && column + 1 < args.width) {
    const T* first = x + row * line + column * args.channels;
    return {{{first, first + args.channels}, {first + line, first + line + args.channels}}, true};
  }
  Corners<T> found;
  found.whole = true;
  for (int down = 0; down < 2; ++down) {
    const int64_t i = inside_of(args.outside, row + down, args.height);
    for (int right = 0; right < 2; ++right) {
      const int64_t j = inside_of(args.outside, column + right, args.width);
      found.at[down][right] = i < 0 || j < 0 ? nullptr : x + i * line + j * args.channels;
      found.whole = found.whole && i >= 0 && j >= 0;
    }
  }
  return found;
}

inline float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
inline double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}

template <class T>
T between(T a, T b, T d, T e, T p, T q) {
  const T top = fused(p, b - a, a), bottom = fused(p, e - d, d);
  return fused(q, bottom - top, top);
}

// Channels known while compiling, or 0.
template <class T, int known>
void mix(const Corners<T>& from, T fill, T p, T q, T* out, int64_t channels) {
  const T *a = from.at[0][0], *b = from.at[0][1], *d = from.at[1][0], *e = from.at[1][1];
  if (!from.whole) {
    const auto value = [&](const T* at, int64_t c) { return at ? at[c] : fill; };
    for (int64_t c = 0; c < channels; ++c) {
      out[c] = between(value(a, c), value(b, c), value(d, c), value(e, c), p, q);
    }
  } else if constexpr (known > 0) {
    for (int c = 0; c < known; ++c) out[c] = between(a[c], b[c], d[c], e[c], p, q);
  } else {
    using V = Vec<T>;
    for_each_vector<T>({0, channels}, [&](int64_t c, int count) {
      const V first = V::load(a + c, count), last = V::load(d + c, count);
      const V top = fma(V(p), V::load(b + c, count) - first, first);
      const V bottom = fma(V(p), V::load(e + c, count) - last, last);
      fma(V(q), bottom - top, top).store(out + c, count);
    });
  }
}

template <class T, int known>
void lines(const AffineTransformArgs& args, const Team& team) {
  const int64_t channels = known > 0 ? known : args.channels;
  const T fill = T(args.fill);
  const Range rows = static_range(args.n * args.out_height, 1, team);
  Places<T> places;
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const int64_t sample = r / args.out_height, i = r % args.out_height;
    const T* x = static_cast<const T*>(args.x) + sample * args.height * args.width * channels;
    T* out = static_cast<T*>(args.out) + r * args.out_width * channels;
    for (int64_t j = 0; j < args.out_width; j += block) {
      const int count = int(args.out_width - j < block ? args.out_width - j : block);
      places.find(args, sample, i, j, count);
      for (int m = 0; m < count; ++m, out += channels) {
        const Corners<T> from = corners(args, x, places.row[m], places.column[m]);
        if (!args.nearest) {
          mix<T, known>(from, fill, places.p[m], places.q[m], out, channels);
          continue;
        }
        const T* at = from.at[0][0];
        for (int64_t c = 0; c < channels; ++c) out[c] = at ? at[c] : fill;
      }
    }
  }
}

template <class T>
void forward(const AffineTransformArgs& args, const Team& team) {
  if (args.channels == 1) return lines<T, 1>(args, team);
  if (args.channels == 3) return lines<T, 3>(args, team);
  lines<T, 0>(args, team);
}

template <class T>
void add(const AffineTransformArgs& args, const Corners<T>& to, T p, T q, const T* dy) {
  const int corners = args.nearest ? 1 : 2;
  for (int down = 0; down < corners; ++down) {
    for (int right = 0; right < corners; ++right) {
      T* dx = const_cast<T*>(to.at[down][right]);
      if (!dx) continue;
      for (int64_t c = 0; c < args.channels; ++c) {
        const T below = q * dy[c];
        const T line = down ? below : dy[c] - below;
        const T beside = p * line;
        dx[c] += args.nearest ? dy[c] : right ? beside : line - beside;
      }
    }
  }
}

// A member owns whole pictures: their pixels are added to in the order of the outputs.
template <class T>
void gradient(const AffineTransformArgs& args, const Team& team) {
  const int64_t size = args.height * args.width * args.channels;
  const Range samples = static_range(args.n, 1, team);
  Places<T> places;
  for (int64_t sample = samples.begin; sample < samples.end; ++sample) {
    const int64_t first = sample * args.out_height * args.out_width * args.channels;
    const T* dy = static_cast<const T*>(args.x) + first;
    T* dx = static_cast<T*>(args.out) + sample * size;
    for (int64_t i = 0; i < size; ++i) dx[i] = 0;
    for (int64_t i = 0; i < args.out_height; ++i) {
      for (int64_t j = 0; j < args.out_width; j += block) {
        const int count = int(args.out_width - j < block ? args.out_width - j : block);
        places.find(args, sample, i, j, count);
        for (int m = 0; m < count; ++m, dy += args.channels) {
          const Corners<T> to = corners<T>(args, dx, places.row[m], places.column[m]);
          add(args, to, places.p[m], places.q[m], dy);
        }
      }
    }
  }
}

}  // namespace

const AffineTransformKernels affine_transform_kernels = {
    .forward = {make_kernel<AffineTransformArgs, &forward<float>>(),
                make_kernel<AffineTransformArgs, &forward<double>>()},
    .gradient = {make_kernel<AffineTransformArgs, &gradient<float>>(),
                 make_kernel<AffineTransformArgs, &gradient<double>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1
