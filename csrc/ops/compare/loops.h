// The loops of compare; compilers vectorise them for each instruction set.
#pragma once

#include "ops/broadcast/walk.h"
#include "ops/compare/compare.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CompareKernels compare_kernels;

namespace {

struct Equal {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x == y;
  }
};
struct NotEqual {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x != y;
  }
};
struct Less {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x < y;
  }
};
struct LessEqual {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x <= y;
  }
};
// Of bytes that hold 0 or 1.
struct And {
  static MARK1_DEVICE bool of(uint8_t x, uint8_t y) { return x & y; }
};
struct Or {
  static MARK1_DEVICE bool of(uint8_t x, uint8_t y) { return x | y; }
};
struct Xor {
  static MARK1_DEVICE bool of(uint8_t x, uint8_t y) { return x ^ y; }
};
struct IsInf {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return (x == y) & (x - y != 0);
  }
};
struct IsFinite {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x - y == 0;
  }
};

// x and y may be the same; neither is out.
template <class Op, class T, int kXStep, int kYStep>
MARK1_DEVICE void compare_row(const T* __restrict__ x, const T* __restrict__ y,
                              uint8_t* __restrict__ out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = Op::of(x[i * kXStep], y[i * kYStep]);
}

template <class Op, class T>
MARK1_DEVICE void compare(const BroadcastArgs& args, const Team& team) {
  const bool stream = args.stream;
  walk_planes<T, uint8_t>(args, team, [stream](const Plane<T, uint8_t>& p) {
    if (p.count <= 0) return;
    for (int64_t r = 0; r < p.rows; ++r) {
      const T* x = p.x + r * p.x_near;
      const T* y = p.y + r * p.y_near;
      uint8_t* out = p.out + r * p.count;
      if (p.x_step == 0 && p.y_step == 0) {
        const bool holds = Op::of(*x, *y);
        for (int64_t i = 0; i < p.count; ++i) out[i] = holds;
        continue;
      }
      write_blocks(out, p.count, stream, [&](uint8_t* to, int64_t i, int64_t count) {
        const T *a = x + i * p.x_step, *b = y + i * p.y_step;
        if (p.x_step == p.y_step) {
          compare_row<Op, T, 1, 1>(a, b, to, count);
        } else if (p.x_step != 0) {
          compare_row<Op, T, 1, 0>(a, b, to, count);
        } else {
          compare_row<Op, T, 0, 1>(a, b, to, count);
        }
      });
    }
  });
}

template <class Op, class T>
constexpr Kernel<BroadcastArgs> kernel() {
  return make_kernel<BroadcastArgs, &compare<Op, T>>();
}

}  // namespace

// A bool is a byte that holds 0 or 1.
#define MARK1_ROW(Op)                                                   \
  {kernel<Op, uint8_t>(), kernel<Op, uint8_t>(), kernel<Op, int32_t>(), \
   kernel<Op, int64_t>(), kernel<Op, float>(),   kernel<Op, double>()}
#define MARK1_LOGIC(Op)                                                  \
  {                                                                      \
    kernel<Op, uint8_t>(), {nullptr}, {nullptr}, {nullptr}, {nullptr}, { \
      nullptr                                                            \
    }                                                                    \
  }
#define MARK1_CLASS(Op) \
  {{nullptr}, {nullptr}, {nullptr}, {nullptr}, kernel<Op, float>(), kernel<Op, double>()}

const CompareKernels compare_kernels = {{
    MARK1_ROW(Equal),
    MARK1_ROW(NotEqual),
    MARK1_ROW(Less),
    MARK1_ROW(LessEqual),
    MARK1_LOGIC(And),
    MARK1_LOGIC(Or),
    MARK1_LOGIC(Xor),
    MARK1_CLASS(IsInf),
    MARK1_CLASS(IsFinite),
}};

#undef MARK1_CLASS
#undef MARK1_LOGIC
#undef MARK1_ROW

}  // namespace MARK1_ISA
}  // namespace mark1
