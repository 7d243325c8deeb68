// Mathematical functions of one number; see activations.h for what an entry says. Largest error of
// `value`: rounding, signs, squares, roots and reciprocals half an ulp, rsqrt 1.5, tan 2.7 (two
// million floats); the others see csrc/math.
#pragma once

#include "math/asin.h"
#include "math/atan.h"
#include "math/erf.h"
#include "math/erfc.h"
#include "math/erfinv.h"
#include "math/expm1.h"
#include "math/log.h"
#include "math/log1p.h"
#include "math/sincos.h"
#include "ops/activation/piecewise.h"

namespace mark1::MARK1_ISA {
namespace {

// 0 at 0, where |x| has no derivative.
template <class V>
MARK1_DEVICE inline V sign_of(V x) {
  return select(x > V(0), V(1), select(x < V(0), V(-1), x));
}

struct Abs : Linear {
  static constexpr const char* name = "abs";
  static constexpr bool over_y = false;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return abs(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return sign_of(x);
  }
};

// What has steps and is flat between them: its derivative counts as 0 everywhere.
struct Sign : Linear {
  static constexpr const char* name = "sign";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return sign_of(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V, const Parameters<V>&) {
    return V(0);
  }
};

struct Floor : Sign {
  static constexpr const char* name = "floor";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return floor(x);
  }
};

struct Ceil : Sign {
  static constexpr const char* name = "ceil";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return -floor(-x);
  }
};

// Halves go to the even neighbour.
struct Round : Sign {
  static constexpr const char* name = "round";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return round_even(x);
  }
};

// alpha: lower limit; beta: upper limit, which wins.
struct Clip : Linear {
  static constexpr const char* name = "clip";
  static constexpr bool over_y = false;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    return min_or_first(max_or_first(x, p.alpha), p.beta);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    return indicator<V>((x >= p.alpha) & (x <= p.beta));
  }
};

struct Sqrt {
  static constexpr const char* name = "sqrt";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.19, slope_cost = 0.12;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return sqrt(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return V(0.5) / y;
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return V(-0.5) / (y * y);
  }
};

struct Rsqrt {
  static constexpr const char* name = "rsqrt";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.31, slope_cost = 0.11;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return V(1) / sqrt(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return V(-0.5) * y * y * y;
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return V(-1.5) * y * y;
  }
};

struct Square {
  static constexpr const char* name = "square";
  static constexpr bool over_y = false;
  static constexpr double cost = kCheap, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return x * x;
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return x + x;
  }
  template <class V>
  static MARK1_DEVICE V bend(V, const Parameters<V>&) {
    return V(2);
  }
};

struct Reciprocal {
  static constexpr const char* name = "reciprocal";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.12, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return V(1) / x;
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return -y * y;
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return V(-2) * y;
  }
};

struct Log {
  static constexpr const char* name = "log";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.3, slope_cost = 0.13;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return log(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return V(1) / x;
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    return V(-1) / (x * x);
  }
};

struct Log1p {
  static constexpr const char* name = "log1p";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.4, slope_cost = 0.13;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return log1p(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return V(1) / (V(1) + x);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V u = V(1) + x;
    return V(-1) / (u * u);
  }
};

struct Expm1 {
  static constexpr const char* name = "expm1";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.25, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return expm1(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return y + V(1);
  }
  template <class V>
  static MARK1_DEVICE V bend(V, const Parameters<V>&) {
    return V(1);
  }
};

struct Sin {
  static constexpr const char* name = "sin";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.4, slope_cost = 0.4;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return sin(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return cos(x);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    return -sin(x);
  }
};

struct Cos {
  static constexpr const char* name = "cos";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.4, slope_cost = 0.4;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return cos(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return -sin(x);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    return -cos(x);
  }
};

struct Tan {
  static constexpr const char* name = "tan";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.9, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return sin(x) / cos(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return fma(y, y, V(1));
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return V(2) * y;
  }
};

struct Erf {
  static constexpr const char* name = "erf";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.5, slope_cost = 0.3;
  static constexpr double top = 1.1283791670955125738961589031215;  // 2 / sqrt(pi)
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return erf(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return V(top) * exp_nonpositive(-x * x);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V c = clamped(x, 100);
    return V(-2 * top) * c * exp_nonpositive(-c * c);
  }
};

// 1 - erf x without cancellation.
struct Erfc {
  static constexpr const char* name = "erfc";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.5, slope_cost = 0.3;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return erfc(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& parameters) {
    return -Erf::slope(x, parameters);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>& parameters) {
    return -Erf::bend(x, parameters);
  }
};

// 1 / (1 + x^2).
struct Arctan {
  static constexpr const char* name = "arctan";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.5, slope_cost = 0.15;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return atan(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return V(1) / fma(x, x, V(1));
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V c = clamped(x, is_single<V> ? 0x1p60 : 0x1p500), s = V(1) / fma(c, c, V(1));
    return V(-2) * c * s * s;
  }
};

// 1 / sqrt((1 - x) (1 + x)).
struct Arcsin {
  static constexpr const char* name = "arcsin";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.5, slope_cost = 0.3;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return asin(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return V(1) / sqrt((V(1) - x) * (V(1) + x));
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V rest = (V(1) - x) * (V(1) + x);
    return x / (rest * sqrt(rest));
  }
};
struct Arccos : Arcsin {
  static constexpr const char* name = "arccos";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return acos(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    return -Arcsin::slope(x, p);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>& p) {
    return -Arcsin::bend(x, p);
  }
};

// sqrt(pi) / 2 e^(y^2).
struct Erfinv {
  static constexpr const char* name = "erfinv";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.9, slope_cost = 0.25;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return erfinv(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return V(0.88622692545275801364908374167057) * exp(y * y);
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return V(1.7724538509055160272981674833411) * y * exp(y * y);
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
