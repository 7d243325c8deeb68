// The forward kernel: blocks of keys pass by a block of queries.
#pragma once

#include "math/exp.h"
#include "ops/attention/block.h"
#include "ops/attention/few.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Of each query of a block.
template <class T>
struct alignas(64) Online {
  T m[kBlock];
  T l[kBlock];
  T shrink[kBlock];
};

// Masks `count` vectors of scores from query i on and raises their maxima.
template <class T, int count>
[[gnu::always_inline]] inline void raise(T* s, int64_t i, int64_t keys, const uint64_t* seen,
                                         T* m) {
  using V = Vec<T>;
  V top[count];
#pragma GCC unroll 4
  for (int c = 0; c < count; ++c) top[c] = V::load(m + i + c * V::width);
  for (int64_t j = 0; j < keys; ++j) {
    T* row = s + j * kBlock + i;
#pragma GCC unroll 4
    for (int c = 0; c < count; ++c) {
      V x = V::load(row + c * V::width);
      if (seen) {
        x = select(lanes_at<T>(seen[j], i + c * V::width), x, V(T(-__builtin_inf())));
        x.store(row + c * V::width);
      }
      top[c] = max_or_first(top[c], x);
    }
  }
#pragma GCC unroll 4
  for (int c = 0; c < count; ++c) top[c].store(m + i + c * V::width);
}

// Scores become exp(s - m), those that dropout takes away 0; sums and factors for what was summed
// before. Returns whether any factor differs from 1.
template <class T>
bool exponentiate(T* s, int64_t queries, int64_t keys, const uint64_t* seen, const uint64_t* kept,
                  Online<T>& online) {
  using V = Vec<T>;
  alignas(64) T m[kBlock];
  for (int64_t i = 0; i < queries; i += V::width) V::load(online.m + i).store(m + i);
  int64_t i = 0;
  for (; i + 4 * V::width <= queries; i += 4 * V::width) raise<T, 4>(s, i, keys, seen, online.m);
  for (; i < queries; i += V::width) raise<T, 1>(s, i, keys, seen, online.m);
  bool shrinks = false;
  for (i = 0; i < queries; i += V::width) {
    const V top = V::load(online.m + i);
    V sum(T(0));
    for (int64_t j = 0; j < keys; ++j) {
      T* at = s + j * kBlock + i;
      const V p = exp_nonpositive(V::load(at) - top);
      sum = sum + p;
      (kept ? select(lanes_at<T>(kept[j], i), p, V(T(0))) : p).store(at);
    }
    const V shrink = exp_nonpositive(V::load(m + i) - top);
    fma(V::load(online.l + i), shrink, sum).store(online.l + i);
    shrink.store(online.shrink + i);
    shrinks |= any(shrink != V(T(1)));
  }
  return shrinks;
}

template <class T>
struct Forward {
  using V = Vec<T>;

  const AttentionArgs& a;
  T* q;    // (D, kBlock)
  T* s;    // (kBlock keys, kBlock)
  T* out;  // (E up to a whole vector, kBlock)

  Forward(const AttentionArgs& args, void* workspace)
      : a(args), q(static_cast<T*>(workspace)), s(q + a.depth * kBlock), out(s + kBlock * kBlock) {}

  void block(const Head<T>& head, int64_t first) const {
    const int64_t rows = smaller(kBlock, a.queries - first);
    const int64_t lanes = round_up(rows, V::width);
    Online<T> online;
    alignas(64) T factors[kBlock];
    for (int64_t i = 0; i < kBlock; ++i) {
      online.m[i] = is_single<V> ? -__FLT_MAX__ : -__DBL_MAX__;
      online.l[i] = 0;
      factors[i] = static_cast<T>(a.scale);
    }
    transpose_in(static_cast<const T*>(a.q) + head.q_at + first * head.q_row, head.q_row, rows,
                 a.depth, factors, q);
    fill_rows(out, kBlock, round_up(a.value_depth, V::width), kBlock);
    for (int64_t key = 0; key < a.keys; key += kBlock) {
      const Place at{head.b, head.h, first, rows, key, smaller(kBlock, a.keys - key)};
      uint64_t seen[kBlock], kept[kBlock];
      const Sight sight = look(a, at, seen);
      if (sight == kSeesNone) continue;
      if (a.state) draw_kept(a, at, kept);
      add_keys(head, at, lanes, sight == kSeesAll ? nullptr : seen, a.state ? kept : nullptr,
               online);
    }
    finish(head, first, rows, online);
  }

 private:
  void add_keys(const Head<T>& head, const Place& at, int64_t lanes, const uint64_t* seen,
                const uint64_t* kept, Online<T>& online) const {
    const T* k = static_cast<const T*>(a.k) + head.k_at + at.first_key * head.k_row;
    const T* v = static_cast<const T*>(a.v) + head.v_at + at.first_key * head.v_row;
    multiply<T>({k, head.k_row, kByRow}, {q, kBlock}, at.columns, lanes, a.depth, s, kBlock, false);
    if (exponentiate(s, lanes, at.columns, seen, kept, online)) {
      for (int64_t e = 0; e < a.value_depth; ++e) {
        for (int64_t i = 0; i < lanes; i += V::width) {
          T* sum = out + e * kBlock + i;
          (V::load(sum) * V::load(online.shrink + i)).store(sum);
        }
      }
    }
    multiply<T>({v, head.v_row, kByColumn}, {s, kBlock}, a.value_depth, lanes, at.columns, out,
                kBlock, true);
  }

  void finish(const Head<T>& head, int64_t first, int64_t rows, const Online<T>& online) const {
    alignas(64) T factors[kBlock];
    T* m = static_cast<T*>(a.stats) + (head.b * a.heads + head.h) * a.queries + first;
    T* r = m + a.batch * a.heads * a.queries;
    for (int64_t i = 0; i < rows; ++i) {
      m[i] = online.m[i];
      r[i] = online.l[i] == 0 ? T(0) : 1 / online.l[i];
      factors[i] = r[i] * static_cast<T>(a.kept_scale);
    }
    transpose_out(out, rows, a.value_depth, factors,
                  static_cast<T*>(a.out) + head.out_at + first * head.out_row, head.out_row);
  }
};

// Blocks of keys that a block of queries meets.
inline int64_t blocks_met(const AttentionArgs& a, int64_t block) {
  const int64_t all = divide_up(a.keys, kBlock);
  return a.causal ? smaller(block + 1, all) : all;
}

template <class T>
void forward(const AttentionArgs& a, const Team& team) {
  if (has_few_queries<T>(a)) return forward_few<T>(a, team);
  const int64_t blocks = divide_up(a.queries, kBlock);
  const Range share = fair_range(a.batch * a.heads * blocks, team,
                                 [&](int64_t n) { return 1 + 8 * blocks_met(a, n % blocks); });
  const Forward<T> kernel(a, static_cast<char*>(a.workspace) + team.rank * a.workspace_bytes);
  for (int64_t n = share.begin; n < share.end; ++n) {
    const int64_t head = n / blocks;
    kernel.block(Head<T>(a, head / a.heads, head % a.heads), n % blocks * kBlock);
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
