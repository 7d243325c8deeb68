// Activations made of straight pieces; see activations.h for what an entry says. Largest error of
// `value`: half an ulp where there is one operation; hard_sigmoid and hard_silu 0.7 and 1.5 ulp
// from x = -1 on, and 2^-24 in all below, where they cancel towards -3.
#pragma once

#include "simd/simd.h"

namespace mark1::MARK1_ISA {
namespace {

template <class V>
struct Parameters {
  V alpha, beta, gamma;
};

// What reading and writing take.
constexpr double kCheap = 0.08, kCheapSlope = 0.11;

// Far enough for every saturating formula; keeps infinity times zero out of products.
template <class V>
MARK1_DEVICE inline V clamped(V x, double limit) {
  using T = typename V::Scalar;
  return min_or_first(max_or_first(x, V(T(-limit))), V(T(limit)));
}

// 1 where the condition holds, else 0.
template <class V>
MARK1_DEVICE inline V indicator(typename V::Mask condition) {
  return select(condition, V(1), V(0));
}

struct Linear {
  static constexpr const char* name = "linear";
  static constexpr bool over_y = true;
  static constexpr double cost = kCheap, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return x;
  }
  template <class V>
  static MARK1_DEVICE V slope(V, const Parameters<V>&) {
    return V(1);
  }
  template <class V>
  static MARK1_DEVICE V bend(V, const Parameters<V>&) {
    return V(0);
  }
};

// 1 for x >= 0, else 0; its derivative counts as 0 everywhere.
struct Step : Linear {
  static constexpr const char* name = "step";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return select(is_nan(x), x, indicator<V>(x >= V(0)));
  }
  template <class V>
  static MARK1_DEVICE V slope(V, const Parameters<V>&) {
    return V(0);
  }
};

struct Relu {
  static constexpr const char* name = "relu";
  static constexpr bool over_y = true;
  static constexpr double cost = kCheap, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return max_or_first(x, V(0));
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return indicator<V>(y > V(0));
  }
  template <class V>
  static MARK1_DEVICE V bend(V, const Parameters<V>&) {
    return V(0);
  }
};

// alpha: slope below zero; not negative.
struct LeakyRelu : Relu {
  static constexpr const char* name = "leaky_relu";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    return select(x > V(0), x, p.alpha * x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>& p) {
    return select(y > V(0), V(1), p.alpha);
  }
};

// alpha: slope below the threshold gamma; beta: largest value. keras.activations.relu in full.
struct GeneralRelu : Relu {
  static constexpr const char* name = "general_relu";
  static constexpr bool over_y = false;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    const V low = select(p.alpha == V(0), V(0), p.alpha * (x - p.gamma));
    const V high = select(x >= p.beta, p.beta, x);
    return select(is_nan(x), x, select(x >= p.gamma, high, low));
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    return select(x >= p.gamma, indicator<V>(x < p.beta), p.alpha);
  }
};

struct Relu6 : Relu {
  static constexpr const char* name = "relu6";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return min_or_first(max_or_first(x, V(0)), V(6));
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return indicator<V>((y > V(0)) & (y < V(6)));
  }
};

// relu6(x + 3) / 6.
struct HardSigmoid {
  static constexpr const char* name = "hard_sigmoid";
  static constexpr bool over_y = false;
  static constexpr double cost = kCheap, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return min_or_first(max_or_first(fma(x, V(1.0 / 6), V(0.5)), V(0)), V(1));
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return select(abs(x) < V(3), V(1.0 / 6), V(0));
  }
  template <class V>
  static MARK1_DEVICE V bend(V, const Parameters<V>&) {
    return V(0);
  }
};

// x hard_sigmoid x.
struct HardSilu {
  static constexpr const char* name = "hard_silu";
  static constexpr bool over_y = false;
  static constexpr double cost = kCheap, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    const V middle = x * fma(x, V(1.0 / 6), V(0.5));
    return select(x >= V(3), x, select(x <= V(-3), V(0), middle));
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>&) {
    return select(abs(x) < V(3), fma(x, V(1.0 / 3), V(0.5)), indicator<V>(x >= V(3)));
  }
  template <class V>
  static MARK1_DEVICE V bend(V x, const Parameters<V>&) {
    return select(abs(x) < V(3), V(1.0 / 3), V(0));
  }
};

struct HardTanh : Relu {
  static constexpr const char* name = "hard_tanh";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>&) {
    return clamped(x, 1);
  }
  template <class V>
  static MARK1_DEVICE V slope(V y, const Parameters<V>&) {
    return indicator<V>(abs(y) < V(1));
  }
};

// x moved towards zero by alpha.
struct SoftShrink {
  static constexpr const char* name = "soft_shrink";
  static constexpr bool over_y = false;
  static constexpr double cost = kCheap, slope_cost = kCheapSlope;
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    const V moved = select(x > p.alpha, x - p.alpha, select(x < -p.alpha, x + p.alpha, V(0)));
    return select(is_nan(x), x, moved);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    return indicator<V>((x > p.alpha) | (x < -p.alpha));
  }
  template <class V>
  static MARK1_DEVICE V bend(V, const Parameters<V>&) {
    return V(0);
  }
};

// x where |x| > alpha, else 0.
struct HardShrink : SoftShrink {
  static constexpr const char* name = "hard_shrink";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    return select(abs(x) <= p.alpha, V(0), x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    return indicator<V>(abs(x) > p.alpha);
  }
};

// x where x > alpha, else beta.
struct Threshold : SoftShrink {
  static constexpr const char* name = "threshold";
  template <class V>
  static MARK1_DEVICE V value(V x, const Parameters<V>& p) {
    return select(x <= p.alpha, p.beta, x);
  }
  template <class V>
  static MARK1_DEVICE V slope(V x, const Parameters<V>& p) {
    return indicator<V>(x > p.alpha);
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA
