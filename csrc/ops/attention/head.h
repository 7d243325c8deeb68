// One head of attention: where its numbers lie, which keys a query sees, what dropout keeps.
#pragma once

#include "math/exp.h"
#include "math/philox.h"
#include "ops/attention/attention.h"
#include "ops/random/random.h"
#include "simd/row_sum.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

constexpr int64_t kBlock = kAttentionBlock;

template <class T>
MARK1_DEVICE inline T fused(T a, T b, T c) {
  return fma(Vec<T>(a), Vec<T>(b), Vec<T>(c)).v;
}

template <class T>
MARK1_DEVICE inline T power(T x) {
  return exp_nonpositive(Vec<T>(x)).v;
}

// One head of queries of one sequence, and the head of keys and values that it reads.
template <class T>
struct Head {
  const AttentionArgs& a;
  int64_t b, h, g;

  MARK1_DEVICE Head(const AttentionArgs& args, int64_t b, int64_t h)
      : a(args), b(b), h(h), g(h / (args.heads / args.groups)) {}

  MARK1_DEVICE int64_t of_query(int64_t i, int64_t size) const {
    return ((b * a.queries + i) * a.heads + h) * size;
  }
  MARK1_DEVICE int64_t of_key(int64_t j, int64_t size) const {
    return ((b * a.keys + j) * a.groups + g) * size;
  }
  MARK1_DEVICE const T* q(int64_t i) const {
    return static_cast<const T*>(a.q) + of_query(i, a.depth);
  }
  MARK1_DEVICE const T* k(int64_t j) const {
    return static_cast<const T*>(a.k) + of_key(j, a.depth);
  }
  MARK1_DEVICE const T* v(int64_t j) const {
    return static_cast<const T*>(a.v) + of_key(j, a.value_depth);
  }
  MARK1_DEVICE T* out(int64_t i) const {
    return static_cast<T*>(a.out) + of_query(i, a.value_depth);
  }
  MARK1_DEVICE const T* dout(int64_t i) const {
    return static_cast<const T*>(a.dout) + of_query(i, a.value_depth);
  }
  MARK1_DEVICE T* dq(int64_t i) const { return static_cast<T*>(a.dq) + of_query(i, a.depth); }
  MARK1_DEVICE T* dk(int64_t j) const { return static_cast<T*>(a.dk) + of_key(j, a.depth); }
  MARK1_DEVICE T* dv(int64_t j) const { return static_cast<T*>(a.dv) + of_key(j, a.value_depth); }
  MARK1_DEVICE T& m(int64_t i) const {
    return static_cast<T*>(a.stats)[(b * a.heads + h) * a.queries + i];
  }
  MARK1_DEVICE T& r(int64_t i) const { return (&m(i))[a.batch * a.heads * a.queries]; }

  MARK1_DEVICE bool sees(int64_t i, int64_t j) const {
    const int64_t* step = a.mask_stride;
    if (a.causal && j > i) return false;
    if (a.query_mask && !a.query_mask[b * a.queries + i]) return false;
    if (a.key_mask && !a.key_mask[b * a.keys + j]) return false;
    return !a.mask || a.mask[b * step[0] + h * step[1] + i * step[2] + j * step[3]];
  }

  MARK1_DEVICE bool keeps(int64_t i, int64_t j) const {
    if (!a.state) return true;
    const Philox philox{uint64_t(a.state[0]), kDropoutStream, uint32_t(uint64_t(a.state[1]))};
    const uint64_t element = uint64_t(((b * a.heads + h) * a.queries + i) * a.keys + j);
    uint32_t words[4];
    philox.words(element / 4, words);
    return words[element % 4] >= a.threshold;
  }

  MARK1_DEVICE T score(int64_t i, int64_t j) const {
    if (!sees(i, j)) return T(-__builtin_inf());
    T sum = 0;
    for (int64_t d = 0; d < a.depth; ++d) sum = fused(q(i)[d] * T(a.scale), k(j)[d], sum);
    return sum;
  }
};

MARK1_DEVICE inline Range block_of(int64_t begin, int64_t size) {
  return {begin, begin + kBlock < size ? begin + kBlock : size};
}

template <class T>
MARK1_DEVICE inline bool any_seen(const Head<T>& head, Range queries, Range keys) {
  for (int64_t i = queries.begin; i < queries.end; ++i) {
    for (int64_t j = keys.begin; j < keys.end; ++j) {
      if (head.sees(i, j)) return true;
    }
  }
  return false;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
