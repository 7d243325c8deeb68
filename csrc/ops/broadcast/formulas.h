// The formulas of broadcast, and the plain loop around them.
#pragma once

#include "math/atan.h"
#include "math/modulo.h"
#include "math/pow.h"
#include "ops/broadcast/walk.h"
#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// `of` takes vectors of any kind. Integers: `whole`, or `of` over unsigned ones, which wrap around
// instead of being undefined. Heavy: arithmetic takes longer than memory.
struct Add {
  static constexpr bool heavy = false;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return x + y;
  }
};
struct Subtract {
  static constexpr bool heavy = false;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return x - y;
  }
};
struct Multiply {
  static constexpr bool heavy = false;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return x * y;
  }
};
struct Divide {
  static constexpr bool heavy = false;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return x / y;
  }
};

// x on a tie; NaN if either is NaN.
struct Maximum {
  static constexpr bool heavy = false;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return max(x, y);
  }
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    return y > x ? y : x;
  }
};
struct Minimum {
  static constexpr bool heavy = false;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return min(x, y);
  }
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    return y < x ? y : x;
  }
};

// Integers by repeated squaring, wrapping around; a negative exponent truncates towards zero.
struct Power {
  static constexpr bool heavy = true;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return power(x, y);
  }
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    if (y < 0) {
      if (x == 1) return 1;
      return x == -1 ? (y % 2 == 0 ? T(1) : T(-1)) : T(0);
    }
    uint64_t result = 1, square = static_cast<uint64_t>(x);
    for (uint64_t left = static_cast<uint64_t>(y); left > 0; left >>= 1) {
      if (left & 1) result *= square;
      square *= square;
    }
    return static_cast<T>(result);
  }
};

// Integers: by zero gives 0, as in NumPy; the smallest number by -1 wraps around.
struct FloorDivide {
  static constexpr bool heavy = true;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return floor_division(x, y).quotient;
  }
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    if (y == 0) return 0;
    if (y == -1) return static_cast<T>(0 - static_cast<uint64_t>(x));
    return static_cast<T>(x / y - (x % y != 0 && (x < 0) != (y < 0)));
  }
};
struct Mod {
  static constexpr bool heavy = true;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    return floor_division(x, y).rest;
  }
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    if (y == 0 || y == -1) return 0;
    const T rest = static_cast<T>(x % y);
    return rest != 0 && (rest < 0) != (y < 0) ? static_cast<T>(rest + y) : rest;
  }
};

struct Arctan2 {
  static constexpr bool heavy = true;
  template <class V>
  static MARK1_DEVICE V of(V y, V x) {
    return atan2(y, x);
  }
};

// The number after x on the way to y.
struct Nextafter {
  static constexpr bool heavy = false;
  template <class V>
  static MARK1_DEVICE V of(V x, V y) {
    using I = typename V::Int;
    const auto outwards = ((x > V(0)) & (y > x)) | ((x < V(0)) & (y < x));
    const V next = from_bits(bits(x) + select(outwards, I(1), I(-1)));
    const V step = select(x == V(0), copysign(from_bits(I(1)), y), next);
    return select(x == y, y, select((x == x) & (y == y), step, x + y));
  }
};

struct BitwiseAnd {
  static constexpr bool heavy = false;
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    return static_cast<T>(x & y);
  }
};
struct BitwiseOr {
  static constexpr bool heavy = false;
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    return static_cast<T>(x | y);
  }
};
struct BitwiseXor {
  static constexpr bool heavy = false;
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    return static_cast<T>(x ^ y);
  }
};
struct LeftShift {
  static constexpr bool heavy = false;
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    if (y < 0 || y >= static_cast<T>(8 * sizeof(T))) return 0;
    return static_cast<T>(static_cast<uint64_t>(x) << y);
  }
};
struct RightShift {
  static constexpr bool heavy = false;
  template <class T>
  static MARK1_DEVICE T whole(T x, T y) {
    if (y < 0 || y >= static_cast<T>(8 * sizeof(T))) return x < 0 ? T(-1) : T(0);
    return static_cast<T>(x >> y);
  }
};

template <class T>
struct Unsigned;
template <>
struct Unsigned<uint8_t> {
  using Type = uint32_t;
};
template <>
struct Unsigned<int32_t> {
  using Type = uint32_t;
};
template <>
struct Unsigned<int64_t> {
  using Type = uint64_t;
};

template <class Op, class T>
MARK1_DEVICE inline T element(T x, T y) {
  if constexpr (requires { Op::whole(x, y); }) {
    return Op::whole(x, y);
  } else {
    using U = typename Unsigned<T>::Type;
    return static_cast<T>(Op::of(static_cast<U>(x), static_cast<U>(y)));
  }
}
template <class Op>
MARK1_DEVICE inline float element(float x, float y) {
  return first(Op::of(Vec<float>(x), Vec<float>(y)));
}
template <class Op>
MARK1_DEVICE inline double element(double x, double y) {
  return first(Op::of(Vec<double>(x), Vec<double>(y)));
}

template <class Op, class T>
MARK1_DEVICE void binary_plain(const BroadcastArgs& args, const Team& team) {
  walk_planes<T, T>(args, team, [](const Plane<T, T>& p) {
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
