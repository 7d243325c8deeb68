// THE list of activations. An entry says once, over any vector or number type V:
//
//   name    the public name, that of the Python function
//   over_y  whether slope and bend take y = f(x) instead of x: then x need not be kept
//   cost    nanoseconds per float of value, and slope_cost of slope, in cache (one thread of a Zen
//           4, AVX-512)
//   value   y = f(x)
//   slope   dy/dx, of x or y
//   bend    derivative of slope with respect to its argument
//
// Formulas are those of keras.activations (Keras 3), rearranged where they would overflow, cancel
// or give NaN for an infinite x. NaN stays NaN in `value`. A new activation is a struct here
// (or in piecewise.h, functions.h) whose name stands in MARK1_ACTIVATIONS below, a Python function
// and a test case.
//
// Largest error of `value`, float, in ulp of the result (every 1,031st input, and every 37th from
// 2^-12 to 2^8): log_sigmoid 1.8; elu, celu 1.0, with alpha 2.2; selu 1.9; softsign 1.5; squareplus
// 2.8; silu 1.8; gelu 2.8; mish 4.3; tanh_shrink 3.4, but 22 for |x| in 0.55 .. 1, where it is 1.4
// of x; gelu_tanh 2.4, but in its left tail what the rounded exponent costs: 6 at -2, 32 at -5, 206
// at -10. Sigmoid, tanh, softplus, exponential: see csrc/math.
#pragma once

#include "math/exp.h"
#include "math/expm1.h"
#include "math/log1p.h"
#include "math/normal.h"
#include "math/sigmoid.h"
#include "math/softplus.h"
#include "math/tanh.h"
#include "ops/activation/activation.h"
#include "ops/activation/functions.h"
#include "ops/activation/piecewise.h"

namespace mark1::MARK1_ISA {
namespace {

struct Sigmoid {
  static constexpr const char* name = "sigmoid";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.29, slope_cost = 0.11;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return sigmoid(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return y * (V(1) - y);
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return fma(V(-2), y, V(1));
  }
};

struct Tanh {
  static constexpr const char* name = "tanh";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.37, slope_cost = 0.11;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return tanh(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return fma(-y, y, V(1));
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return V(-2) * y;
  }
};

struct Softplus {
  static constexpr const char* name = "softplus";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.43, slope_cost = 0.27;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return softplus(x);
  }
  // sigmoid x = 1 - e^-y.
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return -expm1(-y);
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return exp(-y);
  }
};

// ln sigmoid x = -softplus(-x).
struct LogSigmoid : Softplus {
  static constexpr const char* name = "log_sigmoid";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return -softplus(-x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return -expm1(y);
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return -exp(y);
  }
};

struct Exponential {
  static constexpr const char* name = "exponential";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.18, slope_cost = 0.11;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return exp(x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return y;
  }
  template <class V>
  static MARK1_DEVICE V bend(V, const Parameters<V>&) {
    return V(1);
  }
};

// alpha: -f(-infinity); not negative.
struct Elu {
  static constexpr const char* name = "elu";
  static constexpr bool over_y = true;
  static constexpr double cost = 0.28, slope_cost = 0.11;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    return select(x > V(0), x, p.alpha * expm1(x));
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>& p) {
    return select(y > V(0), V(1), y + p.alpha);
  }
  template <class V>
  static MARK1_DEVICE V bend(V y, const Parameters<V>&) {
    return indicator<V>(y <= V(0));
  }
};

// Klambauer et al., Self-Normalizing Neural Networks, 2017.
struct Selu : Elu {
  static constexpr const char* name = "selu";
  static constexpr double scale = 1.0507009873554804934193349852946;
  static constexpr double scale_alpha = scale * 1.6732632423543772848170429916717;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return select(x > V(0), V(scale) * x, V(scale_alpha) * expm1(x));
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return select(y > V(0), V(scale), y + V(scale_alpha));
  }
};

// x for x > 0, else alpha (e^(x / alpha) - 1).
struct Celu {
  static constexpr const char* name = "celu";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.34, slope_cost = 0.30;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    return select(x > V(0), x, p.alpha * expm1(x / p.alpha));
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    return select(x > V(0), V(1), exp(x / p.alpha));
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>& p) {
    return select(x > V(0), V(0), exp(x / p.alpha) / p.alpha);
  }
};

// x / (1 + |x|).
struct Softsign {
  static constexpr const char* name = "softsign";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.11, slope_cost = 0.12;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    const V c = clamped(x, is_single<V> ? 0x1p100 : 0x1p1000);
    return c / (V(1) + abs(c));
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    const V y = V(1) / (V(1) + abs(x));
    return y * y;
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V y = V(1) / (V(1) + abs(x));
    return copysign(V(2) * y * y * y, -x);
  }
};

// (x + r) / 2 with r = sqrt(x^2 + alpha): t = (r + |x|) / 2 for x > 0, else (alpha / 4) / t.
struct Squareplus {
  static constexpr const char* name = "squareplus";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.28, slope_cost = 0.43;
  // From here on alpha is lost in x^2 and the square would overflow.
  template <class V>
  static MARK1_DEVICE V root(V x, V alpha) {
    const V a = abs(x);
    return select(a > V(is_single<V> ? 0x1p60 : 0x1p500), a, sqrt(fma(a, a, alpha)));
  }
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    const V t = fma(V(0.5), root(x, p.alpha), V(0.5) * abs(x));
    const V small = V(0.25) * p.alpha / t;
    return select(x > V(0), t, select(t == V(0), t, small));
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    const V c = clamped(x, is_single<V> ? 0x1p100 : 0x1p1000), r = root(c, p.alpha);
    return select(r == V(0), V(0.5), value(c, p) / r);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>& p) {
    const V r = root(x, p.alpha);
    return select(r == V(0), V(0), V(0.5) * p.alpha / r / r / r);
  }
};

// x sigmoid x.
struct Silu {
  static constexpr const char* name = "silu";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.33, slope_cost = 0.39;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    const V y = times_sigmoid(clamped(x, 1000), x);
    return select(x > V(1000), x, y);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    const V s = sigmoid(x);
    return s * fma(clamped(x, 1000), V(1) - s, V(1));
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V s = sigmoid(x);
    return s * (V(1) - s) * fma(clamped(x, 1000), fma(V(-2), s, V(1)), V(2));
  }
};

// x P(X <= x), X standard normal (Hendrycks & Gimpel, 2016).
struct Gelu {
  static constexpr const char* name = "gelu";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.93, slope_cost = 1.19;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    // x (1 - tail) = x + (-x) tail for positive x.
    const V lost = times_normal_tail(-abs(clamped(x, 1000)), x);
    return select(x >= V(0), x + lost, lost);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return fma(clamped(x, 1000), normal_density(x), normal_probability(x));
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V c = clamped(x, 1000);
    return normal_density(x) * fma(-c, c, V(2));
  }
};

// x/2 (1 + tanh u) = x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3).
struct GeluTanh {
  static constexpr const char* name = "gelu_tanh";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.42, slope_cost = 0.54;
  static constexpr double first = 1.5957691216057307117597842397375;  // 2 sqrt(2/pi)
  static constexpr double third = first * 0.044715;
  template <class V>
  static MARK1_DEVICE V twice_u(V x) {
    return x * fma(V(third) * x, x, V(first));
  }
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    const V y = times_sigmoid(clamped(x, 1000), twice_u(x));
    return select(x > V(1000), x, y);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    const V c = clamped(x, 50), s = sigmoid(twice_u(c));
    const V du = fma(V(3 * third) * c, c, V(first));
    return s * fma(c * du, V(1) - s, V(1));
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V c = clamped(x, 50), s = sigmoid(twice_u(c));
    const V du = fma(V(3 * third) * c, c, V(first)), ddu = V(6 * third) * c;
    const V inner = fma(c, fma(du * du, fma(V(-2), s, V(1)), ddu), V(2) * du);
    return s * (V(1) - s) * inner;
  }
};

// x tanh(softplus x) = x n / (n + 2), n = w^2 + 2w, w = e^x; divided by w^2 for x > 0 (Misra,
// 2019).
struct Mish {
  static constexpr const char* name = "mish";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.45, slope_cost = 0.68;
  template <class V>
  struct Parts {
    V t, rest, s;     // tanh(softplus x), one minus it, sigmoid x
    V grown, shrink;  // t = grown shrink, so that x t is rounded once where t is denormal
  };
  template <class V>
  static MARK1_DEVICE Parts<V> parts(V x) {
    const ExpParts<V> p = exp_parts(max_or_first(-abs(x), V(is_single<V> ? -120 : -800)));
    const auto positive = x > V(0), far = x < V(is_single<V> ? -60 : -600);
    const V grow = select(far, V(is_single<V> ? 0x1p64 : 0x1p512), V(1));
    const V shrink = select(far, V(is_single<V> ? 0x1p-64 : 0x1p-512), V(1));
    const V big = scale2((V(1) + p.m) * grow, p.n), e = big * shrink;
    const V n = select(positive, fma(V(2), e, V(1)), big * (e + V(2)));
    const V two = select(positive, V(2) * e * e, V(2));
    const V d = fma(n, shrink, two);
    const V grown = n / d;
    return {grown * shrink, two / d, select(positive, V(1), e) / (V(1) + e), grown, shrink};
  }
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    const Parts<V> p = parts(x);
    return max_or_first(x, V(-1000)) * p.grown * p.shrink;
  }
  // d tanh(softplus x) / dx.
  template <class V>
  static MARK1_DEVICE V rise(const Parts<V>& p) {
    return p.rest * (V(1) + p.t) * p.s;
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    const Parts<V> p = parts(x);
    return fma(clamped(x, 1000), rise(p), p.t);
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const Parts<V> p = parts(x);
    return rise(p) * fma(clamped(x, 1000), V(1) - fma(V(2) * p.t, p.s, p.s), V(2));
  }
};

// x - tanh x; below 0.55, where x cancels, -x^3 P(x^2) with P minimax (Remez), relative error 2^-25
// (float, degree 5) and 2^-54 (double, degree 10).
struct TanhShrink {
  static constexpr const char* name = "tanh_shrink";
  static constexpr bool over_y = false;
  static constexpr double cost = 0.50, slope_cost = 0.43;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    const V z = x * x;
    V p;
    if constexpr (is_single<V>) {
      p = horner(z, -0x1.555556p-2, 0x1.1111e2p-3, -0x1.ba6d82p-5, 0x1.6bd40ap-6, -0x1.46d268p-7,
                 0x1.21cf98p-8);
    } else {
      p = horner(z, -0x1.5555555555555p-2, 0x1.1111111111032p-3, -0x1.ba1ba1b9fec96p-5,
                 0x1.664f487713d52p-6, -0x1.226e32f02dff4p-7, 0x1.d6d3393a83b85p-9,
                 -0x1.7d97d048cdff8p-10, 0x1.34c5ad50bd003p-11, -0x1.ec10c883b971p-13,
                 0x1.64fe3cda46eap-14, -0x1.59aa22f01d28bp-16);
    }
    return select(abs(x) < V(0.55), -p * z * x, x - tanh(x));
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    const V t = tanh(x);
    return t * t;
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    const V t = tanh(x);
    return V(2) * t * fma(-t, t, V(1));
  }
};

// clang-format off
#define MARK1_ACTIVATIONS(entry)                                                          \
  entry(Linear) entry(Step) entry(Sigmoid) entry(Tanh) entry(Relu) entry(LeakyRelu)       \
  entry(GeneralRelu) entry(Relu6) entry(Softplus) entry(LogSigmoid) entry(Exponential)    \
  entry(Elu) entry(Selu) entry(Celu) entry(Softsign) entry(Squareplus) entry(Silu)        \
  entry(Gelu) entry(GeluTanh) entry(Mish) entry(HardSigmoid) entry(HardSilu)              \
  entry(HardTanh) entry(TanhShrink) entry(SoftShrink) entry(HardShrink) entry(Threshold)  \
  entry(Abs) entry(Sign) entry(Floor) entry(Ceil) entry(Round) entry(Clip) entry(Sqrt)    \
  entry(Rsqrt) entry(Square) entry(Reciprocal) entry(Log) entry(Log1p) entry(Expm1)       \
  entry(Sin) entry(Cos) entry(Tan) entry(Erf) entry(Erfc) entry(Arctan) entry(Arcsin)     \
  entry(Arccos) entry(Erfinv)
// clang-format on

}  // namespace
}  // namespace mark1::MARK1_ISA
