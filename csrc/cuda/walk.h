// Element by element through operands that lie in strides, on a device: packets.h for what has more
// than one axis.
#pragma once

#include "core/shape.h"
#include "cuda/divider.h"
#include "cuda/packets.h"

namespace mark1::gpu {
namespace {

// Element i of a row-major result, and where it is found in each operand.
template <int operands>
struct Walk {
  Divider sizes[Shape::kMaxRank];
  int64_t strides[operands][Shape::kMaxRank];
  int rank;
  int64_t size;

  Walk(int rank, const int64_t* shape, const int64_t* const (&given)[operands])
      : strides(), rank(rank), size(1) {
    for (int axis = 0; axis < rank; ++axis) {
      sizes[axis] = Divider(shape[axis]);
      size *= shape[axis];
      for (int k = 0; k < operands; ++k) strides[k][axis] = given[k][axis];
    }
  }

  MARK1_ANYWHERE bool repeats(int k) const { return strides[k][rank - 1] == 0; }
  // Whether the n elements from a multiple of n on are side by side in every operand, multiples of
  // n behind its beginning, or only one; and the whole is small.
  bool has_packets(int n) const {
    bool all = size <= INT32_MAX && sizes[rank - 1].divisor() % n == 0;
    for (int k = 0; k < operands; ++k) {
      if (repeats(k)) continue;
      all = all && strides[k][rank - 1] == 1;
      for (int axis = 0; axis < rank - 1; ++axis) all = all && strides[k][axis] % n == 0;
    }
    return all;
  }

  struct Places {
    int64_t of[operands];
  };
  // `small`: i < 2^31.
  template <bool small>
  MARK1_DEVICE Places places(int64_t i) const {
    Places found = {};
#pragma unroll 1
    for (int axis = rank - 1; axis >= 0; --axis) {
      const int64_t rest = axis == 0 ? 0 : sizes[axis].template quotient<small>(i);
      const int64_t index = i - rest * sizes[axis].divisor();
#pragma unroll
      for (int k = 0; k < operands; ++k) found.of[k] += index * strides[k][axis];
      i = rest;
    }
    return found;
  }
};

// Operand number k of a walk.
template <class T, int k>
struct Strided {
  const T* data;
};

// Elements of one operand: packets, or the one element that each of them repeats.
template <class T, int n, int count>
struct Spread {
  Packet<T, n> packet[count];
  bool repeats;

  MARK1_DEVICE T at(int k, int j) const { return repeats ? packet[k].at[0] : packet[k].at[j]; }
};

template <int n, int count, class T, int k, class Places>
MARK1_DEVICE Spread<T, n, count> load_spread(Strided<T, k> x, const Places* places, bool repeats) {
  Spread<T, n, count> loaded;
  loaded.repeats = repeats;
  if (repeats) {
#pragma unroll
    for (int i = 0; i < count; ++i) loaded.packet[i].at[0] = x.data[places[i].of[k]];
  } else {
#pragma unroll
    for (int i = 0; i < count; ++i) {
      loaded.packet[i] = Packet<T, n>::load(x.data + places[i].of[k]);
    }
  }
  return loaded;
}

// out[i] = f(elements of the operands) for the elements of one thread, `step` apart; up to four are
// on their way at a time.
template <int count, class Out, class F, class... In, int... k>
MARK1_DEVICE void walk_singly(const Walk<sizeof...(In)>& through, int64_t first, int64_t step,
                              Out* out, F f, Strided<In, k>... in) {
  constexpr int few = count < 4 ? count : 4;
  static_assert(count % few == 0);
#pragma unroll 1
  for (int begin = 0; begin < count; begin += few, first += few * step) {
    typename Walk<sizeof...(In)>::Places places[few];
#pragma unroll
    for (int e = 0; e < few; ++e) {
      places[e] =
          through.template places<false>(first + e * step < through.size ? first + e * step : 0);
    }
    const auto finish = [&](const auto&... x) {
#pragma unroll
      for (int e = 0; e < few; ++e) {
        if (first + e * step < through.size) out[first + e * step] = f(x.at(e, 0)...);
      }
    };
    finish(load_spread<1, few>(in, places, true)...);
  }
}

// out[i] = f(elements of the operands), `packets` packets for each thread of the grid; if packets
// do not `fit`, as many elements, which neighbours have side by side.
template <int packets, class Out, class F, class... In, int... k>
MARK1_DEVICE void walk(const Block& block, const Walk<sizeof...(In)>& through, bool fit, Out* out,
                       F f, Strided<In, k>... in) {
  constexpr int n = packet_of<Out, In...>, share = n * packets;
  const int64_t begin = block.index() * block.threads() * share;
  if (!fit) {
    return walk_singly<share>(through, begin + block.thread(), block.threads(), out, f, in...);
  }
  const int64_t step = int64_t{block.threads()} * n, first = begin + block.thread() * n;
  typename Walk<sizeof...(In)>::Places places[packets];
#pragma unroll
  for (int p = 0; p < packets; ++p) {
    // What is beyond the end is read from the beginning, and not written.
    const int64_t i = first + p * step;
    places[p] = through.template places<true>(i < through.size ? i : 0);
  }
  const auto finish = [&](const auto&... x) {
#pragma unroll
    for (int p = 0; p < packets; ++p) {
      if (first + p * step >= through.size) return;
      Packet<Out, n> y;
#pragma unroll
      for (int j = 0; j < n; ++j) y.at[j] = f(x.at(p, j)...);
      y.store(out + first + p * step);
    }
  };
  finish(load_spread<n, packets>(in, places, through.repeats(k))...);
}

}  // namespace
}  // namespace mark1::gpu
