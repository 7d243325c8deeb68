// The definition of attention: plain loops over blocks of 64 queries by 64 keys.
#include "ops/attention/head.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Calls f(block of queries, block of keys) for those that count, ascending.
template <class T, class F>
MARK1_DEVICE void for_each_block(const Head<T>& head, int64_t i, F f) {
  const Range queries = block_of(i, head.a.queries);
  for (int64_t j = 0; j < head.a.keys; j += kBlock) {
    const Range keys = block_of(j, head.a.keys);
    if (any_seen(head, queries, keys)) f(queries, keys);
  }
}

// One more block of keys for query i, whose maximum and sum so far are m and l.
template <class T>
MARK1_DEVICE void add_keys(const Head<T>& head, int64_t i, Range keys, T& m, T& l) {
  const int64_t count = keys.end - keys.begin;
  T p[kBlock];
  T top = m;
  for (int64_t j = 0; j < count; ++j) {
    p[j] = head.score(i, keys.begin + j);
    top = p[j] > top ? p[j] : top;
  }
  T sum = 0;
  for (int64_t j = 0; j < count; ++j) {
    p[j] = power(p[j] - top);
    sum += p[j];
    if (!head.keeps(i, keys.begin + j)) p[j] = 0;
  }
  const T shrink = power(m - top);
  for (int64_t e = 0; e < head.a.value_depth; ++e) {
    T total = 0;
    for (int64_t j = 0; j < count; ++j) total = fused(p[j], head.v(keys.begin + j)[e], total);
    head.out(i)[e] = head.out(i)[e] * shrink + total;
  }
  l = fused(l, shrink, sum);
  m = top;
}

template <class T>
MARK1_DEVICE void attend(const Head<T>& head, int64_t first) {
  const Range queries = block_of(first, head.a.queries);
  T m[kBlock], l[kBlock];
  for (int64_t i = queries.begin; i < queries.end; ++i) {
    m[i - first] = is_single<Vec<T>> ? -__FLT_MAX__ : -__DBL_MAX__;
    l[i - first] = 0;
    for (int64_t e = 0; e < head.a.value_depth; ++e) head.out(i)[e] = 0;
  }
  for_each_block(head, first, [&](Range, Range keys) {
    for (int64_t i = queries.begin; i < queries.end; ++i) {
      add_keys(head, i, keys, m[i - first], l[i - first]);
    }
  });
  for (int64_t i = queries.begin; i < queries.end; ++i) {
    const T r = l[i - first] == 0 ? T(0) : 1 / l[i - first];
    const T factor = r * T(head.a.kept_scale);
    for (int64_t e = 0; e < head.a.value_depth; ++e) head.out(i)[e] *= factor;
    head.m(i) = m[i - first];
    head.r(i) = r;
  }
}

template <class T>
MARK1_DEVICE void forward(const AttentionArgs& a, const Team& team) {
  const int64_t blocks = (a.queries + kBlock - 1) / kBlock;
  const Range range = static_range(a.batch * a.heads * blocks, 1, team);
  for (int64_t n = range.begin; n < range.end; ++n) {
    const int64_t head = n / blocks;
    attend(Head<T>(a, head / a.heads, head % a.heads), n % blocks * kBlock);
  }
}

// Adds what one block gives to dq, dk and dv.
template <class T>
MARK1_DEVICE void add_block(const Head<T>& head, Range queries, Range keys) {
  const AttentionArgs& a = head.a;
  T p[kBlock][kBlock], ds[kBlock][kBlock];
  const auto factor = [&](int64_t i) { return head.r(i) * T(a.kept_scale); };
  for (int64_t i = queries.begin; i < queries.end; ++i) {
    const T* dout = head.dout(i);
    const T* out = head.out(i);
    const T mean = head.r(i) *
                   row_sum(a.value_depth, [&](int64_t e, int) { return Vec<T>(dout[e] * out[e]); });
    for (int64_t j = keys.begin; j < keys.end; ++j) {
      const bool kept = head.keeps(i, j);
      T g = 0;
      for (int64_t e = 0; e < a.value_depth; ++e) g = fused(dout[e] * factor(i), head.v(j)[e], g);
      const T power_ij = power(head.score(i, j) - head.m(i));
      ds[i - queries.begin][j - keys.begin] = power_ij * ((kept ? g : T(0)) - mean);
      p[i - queries.begin][j - keys.begin] = kept ? power_ij : T(0);
    }
  }
  for (int64_t j = keys.begin; j < keys.end; ++j) {
    for (int64_t e = 0; e < a.value_depth; ++e) {
      T total = 0;
      for (int64_t i = queries.begin; i < queries.end; ++i) {
        total = fused(p[i - queries.begin][j - keys.begin], head.dout(i)[e] * factor(i), total);
      }
      head.dv(j)[e] += total;
    }
    for (int64_t d = 0; d < a.depth; ++d) {
      T total = 0;
      for (int64_t i = queries.begin; i < queries.end; ++i) {
        total = fused(ds[i - queries.begin][j - keys.begin], head.q(i)[d] * T(a.scale), total);
      }
      head.dk(j)[d] += total;
    }
  }
  for (int64_t i = queries.begin; i < queries.end; ++i) {
    for (int64_t d = 0; d < a.depth; ++d) {
      T total = 0;
      for (int64_t j = keys.begin; j < keys.end; ++j) {
        total = fused(ds[i - queries.begin][j - keys.begin], head.k(j)[d], total);
      }
      head.dq(i)[d] += total;
    }
  }
}

// A head of keys and values: all heads of queries that read it, ascending.
template <class T>
MARK1_DEVICE void backward(const AttentionArgs& a, const Team& team) {
  const Range range = static_range(a.batch * a.groups, 1, team);
  const int64_t readers = a.heads / a.groups;
  for (int64_t n = range.begin; n < range.end; ++n) {
    const int64_t b = n / a.groups, first = n % a.groups * readers;
    const Head<T> own(a, b, first);
    for (int64_t j = 0; j < a.keys; ++j) {
      for (int64_t d = 0; d < a.depth; ++d) own.dk(j)[d] = 0;
      for (int64_t e = 0; e < a.value_depth; ++e) own.dv(j)[e] = 0;
    }
    for (int64_t h = first; h < first + readers; ++h) {
      const Head<T> head(a, b, h);
      for (int64_t i = 0; i < a.queries; ++i) {
        for (int64_t d = 0; d < a.depth; ++d) head.dq(i)[d] = 0;
      }
      for (int64_t i = 0; i < a.queries; i += kBlock) {
        for_each_block(head, i, [&](Range queries, Range keys) { add_block(head, queries, keys); });
      }
      for (int64_t i = 0; i < a.queries; ++i) {
        for (int64_t d = 0; d < a.depth; ++d) head.dq(i)[d] *= T(a.scale);
      }
    }
  }
}

}  // namespace

extern const AttentionKernels attention_kernels;
const AttentionKernels attention_kernels = {
    {make_kernel<AttentionArgs, &forward<float>>(), make_kernel<AttentionArgs, &forward<double>>()},
    {make_kernel<AttentionArgs, &backward<float>>(),
     make_kernel<AttentionArgs, &backward<double>>()},
    nullptr,
};

}  // namespace MARK1_ISA
}  // namespace mark1
