// Walking a broadcast problem row by row; shared by the reference and the SIMD kernels.
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

// Calls row(x, y, out, count, x_step, y_step) for this member's share: pieces of the last axis.
template <class T, class Row>
inline void walk_rows(const BroadcastArgs& args, const Team& team, Row row) {
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
    row(x + range.begin * x_step, y + range.begin * y_step, out + range.begin,
        range.end - range.begin, x_step, y_step);
    return;
  }
  int64_t rows = 1;
  for (int axis = 0; axis < inner; ++axis) rows *= args.shape[axis];
  const Range range = static_range(rows, 1, team);
  for (int64_t r = range.begin; r < range.end; ++r) {
    int64_t x_offset = 0;
    int64_t y_offset = 0;
    for (int64_t axis = inner - 1, rest = r; axis >= 0; --axis) {
      const int64_t index = rest % args.shape[axis];
      rest /= args.shape[axis];
      x_offset += index * args.x_strides[axis];
      y_offset += index * args.y_strides[axis];
    }
    row(x + x_offset, y + y_offset, out + r * count, count, x_step, y_step);
  }
}

template <class Op, class T>
void binary_plain(const BroadcastArgs& args, const Team& team) {
  walk_rows<T>(args, team, [](const T* x, const T* y, T* out, int64_t n, int64_t xs, int64_t ys) {
    for (int64_t i = 0; i < n; ++i) out[i] = element<Op>(x[i * xs], y[i * ys]);
  });
}

template <class Op, class T>
constexpr Kernel<BroadcastArgs> plain_kernel() {
  return make_kernel<BroadcastArgs, &binary_plain<Op, T>>();
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
