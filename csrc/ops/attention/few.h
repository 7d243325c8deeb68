// The forward kernel for a few queries, as when a sequence is generated: lanes run over keys in the
// scores and over the depth in the average, so that none is empty. Chains and their order are those
// of the blocks.
#pragma once

#include "math/exp.h"
#include "ops/attention/block.h"
#include "simd/for_each.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Elements of a cache line. The heads of a row lie side by side, and rows far apart: a processor
// does not foresee that the line after next belongs to the next row.
template <class T>
constexpr int64_t kLine = 64 / sizeof(T);

// Scores of `count` keys; as many as a vector has can be read before the first one or are among
// them. to[-width + 1] .. to[count - 1] are written. `next` are the keys that are wanted
// afterwards.
template <class T>
void score_keys(const T* q, int64_t depth, const T* k, const T* next, int64_t row, int64_t count,
                T* to) {
  using V = Vec<T>;
  const auto score = [=](int64_t j) {
    const T* keys = k + j * row;
    const T* later = next + j * row;
    V sum(T(0));
    int64_t d = 0;
    for (; d + V::block <= depth; d += V::block) {
      if (d % kLine<T> == 0) {
#pragma GCC unroll 16
        for (int lane = 0; lane < V::width; ++lane)
          __builtin_prefetch(later + lane * row + d, 0, 2);
      }
      V columns[V::block];
      V::load_block(keys + d, row, columns);
#pragma GCC unroll 16
      for (int c = 0; c < V::block; ++c) sum = fma(V(q[d + c]), columns[c], sum);
    }
    for (; d < depth; ++d) {
      alignas(64) T column[V::width];
      for (int lane = 0; lane < V::width; ++lane) column[lane] = keys[lane * row + d];
      sum = fma(V(q[d]), V::load(column), sum);
    }
    sum.store(to + j);
  };
  int64_t j = 0;
  for (; j + V::width <= count; j += V::width) score(j);
  if (j < count) score(count - V::width);
}

// The greatest of m and the scores: of equals the first, so that the sign of a zero is defined.
template <class T>
T greatest(T m, const T* s, int64_t count) {
  using V = Vec<T>;
  V top(m);
  for_each_vector<T>({0, count}, [&](int64_t j, int n) {
    const V x = V::load(s + j, n);
    top = max_or_first(top, n == V::width ? x : select(first_lanes<V>(n), x, top));
  });
  const T result = fold(top, [](V a, V b) { return max_or_first(a, b); });
  if (result != 0) return result;
  if (m == 0) return m;
  int64_t j = 0;
  while (s[j] != 0) ++j;
  return s[j];
}

// out = out * shrink + p v, by `vectors` vectors of which the last has `lanes` lanes.
template <class T, int vectors>
[[gnu::always_inline]] inline void average_columns(const T* p, const T* v, const T* next,
                                                   int64_t row, int64_t count, T shrink, T* out,
                                                   int lanes) {
  using V = Vec<T>;
  V total[vectors];
#pragma GCC unroll 8
  for (int c = 0; c < vectors; ++c) total[c] = V(T(0));
  for (int64_t j = 0; j < count; ++j) {
    const V weight(p[j]);
#pragma GCC unroll 8
    for (int c = 0; c < vectors; ++c) {
      const int n = c + 1 < vectors ? V::width : lanes;
      if (c * V::width % kLine<T> == 0) __builtin_prefetch(next + j * row + c * V::width, 0, 2);
      total[c] = fma(weight, V::load(v + j * row + c * V::width, n), total[c]);
    }
  }
#pragma GCC unroll 8
  for (int c = 0; c < vectors; ++c) {
    const int n = c + 1 < vectors ? V::width : lanes;
    T* to = out + c * V::width;
    (V::load(to, n) * V(shrink) + total[c]).store(to, n);
  }
}

template <class T>
struct FewQueries {
  using V = Vec<T>;

  const AttentionArgs& a;
  T* q;  // scaled, query after query

  FewQueries(const AttentionArgs& args, void* workspace) : a(args), q(static_cast<T*>(workspace)) {}

  // Heads begin .. end - 1 of sequence b, side by side: what lies together is read together.
  void heads(int64_t b, int64_t begin, int64_t end) const {
    for (int64_t h = begin; h < end; ++h) {
      for (int64_t i = 0; i < a.queries; ++i) start(Head<T>(a, b, h), i, scaled(h - begin, i));
    }
    for (int64_t key = 0; key < a.keys; key += kBlock) {
      for (int64_t h = begin; h < end; ++h) {
        const Place at{b, h, 0, a.queries, key, smaller(kBlock, a.keys - key)};
        const bool last = h + 1 == end;
        const Head<T> head(a, b, h), next(a, b, last ? begin : h + 1);
        const Ahead ahead{next.k_at - head.k_at + last * kBlock * head.k_row,
                          next.v_at - head.v_at + last * kBlock * head.v_row};
        add_keys(head, at, ahead, scaled(h - begin, 0));
      }
    }
    for (int64_t h = begin; h < end; ++h) {
      for (int64_t i = 0; i < a.queries; ++i) finish(Head<T>(a, b, h), i);
    }
  }

 private:
  // From the keys and values of a block to those that come next.
  struct Ahead {
    int64_t k, v;
  };

  T* scaled(int64_t head, int64_t i) const { return q + (head * a.queries + i) * a.depth; }
  T* out_of(const Head<T>& head, int64_t i) const {
    return static_cast<T*>(a.out) + head.out_at + i * head.out_row;
  }
  // The maximum, and a sum that becomes r.
  T& top_of(const Head<T>& head, int64_t i) const {
    return static_cast<T*>(a.stats)[(head.b * a.heads + head.h) * a.queries + i];
  }
  T& sum_of(const Head<T>& head, int64_t i) const {
    return (&top_of(head, i))[a.batch * a.heads * a.queries];
  }

  void start(const Head<T>& head, int64_t i, T* to) const {
    const T factor = static_cast<T>(a.scale);
    scale_rows(static_cast<const T*>(a.q) + head.q_at + i * head.q_row, 0, 1, a.depth, &factor, to);
    fill_rows(out_of(head, i), 0, 1, a.value_depth);
    top_of(head, i) = is_single<V> ? -__FLT_MAX__ : -__DBL_MAX__;
    sum_of(head, i) = 0;
  }

  void add_keys(const Head<T>& head, const Place& at, const Ahead& ahead, const T* from) const {
    uint64_t seen[kBlock], kept[kBlock];
    const Sight sight = look(a, at, seen);
    if (sight == kSeesNone) return;
    if (a.state) draw_kept(a, at, kept);
    const T* k = static_cast<const T*>(a.k) + head.k_at + at.first_key * head.k_row;
    const T* v = static_cast<const T*>(a.v) + head.v_at + at.first_key * head.v_row;
    alignas(64) T scores[V::width + kBlock];
    T* s = scores + V::width;
    for (int64_t i = 0; i < a.queries; ++i) {
      score_keys(from + i * a.depth, a.depth, k, k + ahead.k, head.k_row, at.columns, s);
      for (int64_t j = 0; sight == kSeesSome && j < at.columns; ++j) {
        if (!(seen[j] >> i & 1)) s[j] = T(-__builtin_inf());
      }
      const T shrink = exponentiate(head, i, s, at.columns);
      for (int64_t j = 0; a.state && j < at.columns; ++j) {
        if (!(kept[j] >> i & 1)) s[j] = 0;
      }
      average(s, v, v + ahead.v, head.v_row, at.columns, shrink, out_of(head, i));
    }
  }

  // Scores become exp(s - maximum); returns the factor for what was summed before.
  T exponentiate(const Head<T>& head, int64_t i, T* s, int64_t count) const {
    T& m = top_of(head, i);
    T& l = sum_of(head, i);
    const T top = greatest(m, s, count);
    for_each_vector<T>({0, count}, [=](int64_t j, int n) {
      exp_nonpositive(V::load(s + j, n) - V(top)).store(s + j, n);
    });
    T sum = 0;
    for (int64_t j = 0; j < count; ++j) sum += s[j];
    const T shrink = first(exp_nonpositive(V(m - top)));
    l = first(fma(V(l), V(shrink), V(sum)));
    m = top;
    return shrink;
  }

  void average(const T* p, const T* v, const T* next, int64_t row, int64_t count, T shrink,
               T* out) const {
    int64_t e = 0;
    for (; e + 4 * V::width <= a.value_depth; e += 4 * V::width) {
      average_columns<T, 4>(p, v + e, next + e, row, count, shrink, out + e, V::width);
    }
    for (; e < a.value_depth; e += V::width) {
      const int lanes = static_cast<int>(smaller(a.value_depth - e, V::width));
      average_columns<T, 1>(p, v + e, next + e, row, count, shrink, out + e, lanes);
    }
  }

  void finish(const Head<T>& head, int64_t i) const {
    T& r = sum_of(head, i);
    r = r == 0 ? T(0) : 1 / r;
    const T factor = r * static_cast<T>(a.kept_scale);
    T* out = out_of(head, i);
    scale_rows(out, 0, 1, a.value_depth, &factor, out);
  }
};

template <class T>
bool has_few_queries(const AttentionArgs& a) {
  return a.queries <= kFewQueries && a.keys >= Vec<T>::width;
}

template <class T>
void forward_few(const AttentionArgs& a, const Team& team) {
  const Range share = static_range(a.batch * a.heads, 1, team);
  const FewQueries<T> kernel(a, static_cast<char*>(a.workspace) + team.rank * a.workspace_bytes);
  for (int64_t n = share.begin; n < share.end;) {
    const int64_t b = n / a.heads, begin = n % a.heads;
    // The workspace has room for the queries of a block.
    const int64_t most = smaller(begin + kBlock / a.queries, a.heads);
    const int64_t end = smaller(most, begin + share.end - n);
    kernel.heads(b, begin, end);
    n += end - begin;
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
