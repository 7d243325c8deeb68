// Walking a broadcast problem by stretches of rows; shared by the reference and the SIMD kernels.
#pragma once

#include "ops/broadcast/broadcast.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// The four formulas over T = a number, or a vector of them.
struct Add {
  template <class T>
  static T of(T x, T y) {
    return x + y;
  }
};
struct Subtract {
  template <class T>
  static T of(T x, T y) {
    return x - y;
  }
};
struct Multiply {
  template <class T>
  static T of(T x, T y) {
    return x * y;
  }
};
struct Divide {
  template <class T>
  static T of(T x, T y) {
    return x / y;
  }
};

// Integers are computed as unsigned ones: they wrap around instead of being undefined.
template <class Op>
inline uint8_t element(uint8_t x, uint8_t y) {
  return static_cast<uint8_t>(Op::of(static_cast<uint32_t>(x), static_cast<uint32_t>(y)));
}
template <class Op>
inline int32_t element(int32_t x, int32_t y) {
  return static_cast<int32_t>(Op::of(static_cast<uint32_t>(x), static_cast<uint32_t>(y)));
}
template <class Op>
inline int64_t element(int64_t x, int64_t y) {
  return static_cast<int64_t>(Op::of(static_cast<uint64_t>(x), static_cast<uint64_t>(y)));
}
template <class Op>
inline float element(float x, float y) {
  return Op::of(x, y);
}
template <class Op>
inline double element(double x, double y) {
  return Op::of(x, y);
}

// `rows` rows of `count` elements, one behind the other in out. In the operands rows are x_near and
// y_near elements apart, the elements of a row x_step and y_step (0 or 1).
template <class T>
struct Plane {
  const T* x;
  const T* y;
  T* out;
  int64_t rows, count;
  int64_t x_near, y_near;
  int64_t x_step, y_step;
};

// Calls visit(plane) for this member's share: stretches of the last two axes.
template <class T, class Visit>
inline void walk_planes(const BroadcastArgs& args, const Team& team, Visit visit) {
  const int inner = args.rank - 1;
  const auto* x = static_cast<const T*>(args.x);
  const auto* y = static_cast<const T*>(args.y);
  auto* out = static_cast<T*>(args.out);
  const int64_t count = args.shape[inner];
  const int64_t x_step = args.x_strides[inner];
  const int64_t y_step = args.y_strides[inner];
  if (inner == 0) {
    // Cut at cache lines: two members never write to one.
    const Range range = static_range(count, 64, team);
    const int64_t begin = range.begin;
    visit(Plane<T>{x + begin * x_step, y + begin * y_step, out + begin, 1, range.end - begin, 0, 0,
                   x_step, y_step});
    return;
  }
  const int near = inner - 1;
  int64_t rows = 1;
  for (int axis = 0; axis < inner; ++axis) rows *= args.shape[axis];
  const Range range = static_range(rows, 1, team);
  for (int64_t r = range.begin; r < range.end;) {
    int64_t x_offset = 0;
    int64_t y_offset = 0;
    for (int64_t axis = near, rest = r; axis >= 0; --axis) {
      const int64_t index = rest % args.shape[axis];
      rest /= args.shape[axis];
      x_offset += index * args.x_strides[axis];
      y_offset += index * args.y_strides[axis];
    }
    int64_t stretch = args.shape[near] - r % args.shape[near];
    if (stretch > range.end - r) stretch = range.end - r;
    visit(Plane<T>{x + x_offset, y + y_offset, out + r * count, stretch, count,
                   args.x_strides[near], args.y_strides[near], x_step, y_step});
    r += stretch;
  }
}

template <class Op, class T>
void binary_plain(const BroadcastArgs& args, const Team& team) {
  walk_planes<T>(args, team, [](const Plane<T>& p) {
    for (int64_t r = 0; r < p.rows; ++r) {
      const T* x = p.x + r * p.x_near;
      const T* y = p.y + r * p.y_near;
      T* out = p.out + r * p.count;
      for (int64_t i = 0; i < p.count; ++i) out[i] = element<Op>(x[i * p.x_step], y[i * p.y_step]);
    }
  });
}

template <class Op, class T>
constexpr Kernel<BroadcastArgs> plain_kernel() {
  return make_kernel<BroadcastArgs, &binary_plain<Op, T>>();
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
