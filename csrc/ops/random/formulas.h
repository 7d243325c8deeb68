// From words to numbers, over vectors of any width; shared by the reference and the SIMD kernels.
#pragma once

#include "math/normal_quantile.h"
#include "math/philox.h"
#include "ops/random/random.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

MARK1_DEVICE inline Philox philox_of(const int64_t* state, uint32_t stream) {
  return {uint64_t(state[0]), stream, uint32_t(uint64_t(state[1]))};
}

// u in [0, 1): 24 bits of a word, or 53 of a pair.
MARK1_DEVICE inline Vec<float> unit(IntVec<float> w) {
  return to_float(shr(w, 8)) * Vec<float>(0x1p-24f);
}
MARK1_DEVICE inline Vec<double> unit(IntVec<double> w) {
  // In two parts, since integers convert exactly below 2^51 only.
  const Vec<double> high = to_float(shr(w, 37));
  const Vec<double> low = to_float(shr(w << 27, 38));
  return fma(high, Vec<double>(0x1p26), low) * Vec<double>(0x1p-53);
}

// A probability in (0, 1] from the bits below the top one.
MARK1_DEVICE inline Vec<float> probability(IntVec<float> w) {
  const Vec<float> k = to_float(w & IntVec<float>(0x7fffffff));
  return fma(k, Vec<float>(0x1p-31f), Vec<float>(0x1p-32f));
}
MARK1_DEVICE inline Vec<double> probability(IntVec<double> w) {
  return unit(w << 1) + Vec<double>(0x1p-54);
}

template <class T>
MARK1_DEVICE inline Vec<T> signed_by_top_bit(Vec<T> z, IntVec<T> w) {
  return copysign(z, from_bits(w));
}

template <class T>
struct Uniform {
  Vec<T> low, range, last;
  MARK1_DEVICE explicit Uniform(const RandomArgs& args)
      : low(T(args.a)), range(T(args.b)), last(T(args.last)) {}
  MARK1_DEVICE Vec<T> operator()(IntVec<T> w) const {
    return min_or_first(fma(unit(w), range, low), last);
  }
};

template <class T>
struct Normal {
  Vec<T> mean, stddev;
  MARK1_DEVICE explicit Normal(const RandomArgs& args) : mean(T(args.a)), stddev(T(args.b)) {}
  MARK1_DEVICE Vec<T> operator()(IntVec<T> w) const {
    return fma(signed_by_top_bit(normal_quantile(probability(w)), w), stddev, mean);
  }
};

// Probabilities from P(|z| > 2) on.
template <class T>
struct TruncatedNormal {
  Vec<T> mean, stddev;
  MARK1_DEVICE explicit TruncatedNormal(const RandomArgs& args)
      : mean(T(args.a)), stddev(T(args.b)) {}
  MARK1_DEVICE Vec<T> operator()(IntVec<T> w) const {
    constexpr double beyond = 0.045500263896358417;
    const Vec<T> t = fma(probability(w), Vec<T>(T(1 - beyond)), Vec<T>(T(beyond)));
    const Vec<T> z = min_or_first(normal_quantile(t), Vec<T>(2));
    return fma(signed_by_top_bit(z, w), stddev, mean);
  }
};

// Element of [0, range) from 64 bits.
MARK1_DEVICE inline uint64_t scaled(uint64_t r, uint64_t range) {
  return uint64_t((static_cast<unsigned __int128>(r) * range) >> 64);
}

// next() gives successive words.
template <class Next>
MARK1_DEVICE inline void fisher_yates(int64_t* out, int64_t n, Next next) {
  for (int64_t i = 0; i < n; ++i) {
    const uint32_t range = uint32_t(i + 1);
    uint64_t product = uint64_t(next()) * range;
    if (uint32_t(product) < range) {
      // 2^32 mod range values of the lower half would make some results likelier.
      const uint32_t excess = (0u - range) % range;
      while (uint32_t(product) < excess) product = uint64_t(next()) * range;
    }
    const int64_t j = int64_t(product >> 32);
    out[i] = out[j];
    out[j] = i;
  }
}

MARK1_DEVICE inline void advance(const AdvanceArgs& args, const Team& team) {
  if (team.rank != 0) return;
  args.out[0] = args.state[0];
  args.out[1] = args.state[1];
  args.state[1] = int64_t(uint64_t(args.state[1]) + 1);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
