// The backward kernel: blocks of keys pass by each block of queries, and scores are computed again.
#pragma once

#include "math/exp.h"
#include "ops/attention/block.h"
#include "ops/attention/forward.h"
#include "simd/row_sum.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Which blocks of a head of keys a call walks, and what it computes of them: everything in one
// pass, or one half of it where several members share the head.
struct Walk {
  Range queries;
  Range keys;
  bool dq, dkv;
};

// From scores s and sums g to what the products take: kept exp(s - m) in s, ds in g.
template <class T>
void differentiate(T* s, T* g, int64_t queries, int64_t keys, const uint64_t* seen,
                   const uint64_t* kept, const T* m, const T* mean) {
  using V = Vec<T>;
  const V zero(T(0));
  for (int64_t i = 0; i < queries; i += V::width) {
    const V top = V::load(m + i), part = V::load(mean + i);
    for (int64_t j = 0; j < keys; ++j) {
      T* score = s + j * kBlock + i;
      T* slope = g + j * kBlock + i;
      V x = V::load(score), y = V::load(slope);
      if (seen) x = select(lanes_at<T>(seen[j], i), x, V(T(-__builtin_inf())));
      const V p = exp_nonpositive(x - top);
      if (kept) y = select(lanes_at<T>(kept[j], i), y, zero);
      (kept ? select(lanes_at<T>(kept[j], i), p, zero) : p).store(score);
      (p * (y - part)).store(slope);
    }
  }
}

template <class T>
struct Backward {
  using V = Vec<T>;

  const AttentionArgs& a;
  // Queries and their output gradients, scaled: along lanes and as rows.
  T* q_lanes;
  T* y_lanes;
  T* q_rows;
  T* y_rows;
  T* s;
  T* g;
  T* dq;  // (D up to a whole vector, kBlock)

  Backward(const AttentionArgs& args, void* workspace) : a(args) {
    q_lanes = static_cast<T*>(workspace);
    y_lanes = q_lanes + a.depth * kBlock;
    q_rows = y_lanes + a.value_depth * kBlock;
    y_rows = q_rows + a.depth * kBlock;
    s = y_rows + a.value_depth * kBlock;
    g = s + kBlock * kBlock;
    dq = g + kBlock * kBlock;
  }

  // Head `group` of keys of sequence b, and all heads of queries that read it.
  void run(int64_t b, int64_t group, const Walk& walk) const {
    const int64_t readers = a.heads / a.groups;
    if (walk.dkv) {
      const Head<T> head(a, b, group * readers);
      const int64_t first = walk.keys.begin * kBlock;
      const int64_t rows = smaller(walk.keys.end * kBlock, a.keys) - first;
      fill_rows(static_cast<T*>(a.dk) + head.k_at + first * head.k_row, head.k_row, rows, a.depth);
      fill_rows(static_cast<T*>(a.dv) + head.v_at + first * head.v_row, head.v_row, rows,
                a.value_depth);
    }
    for (int64_t h = group * readers; h < (group + 1) * readers; ++h) {
      const Head<T> head(a, b, h);
      for (int64_t i = walk.queries.begin; i < walk.queries.end; ++i) {
        queries(head, i * kBlock, walk);
      }
    }
  }

 private:
  void queries(const Head<T>& head, int64_t first, const Walk& walk) const {
    const int64_t rows = smaller(kBlock, a.queries - first);
    alignas(64) T m[kBlock] = {}, mean[kBlock] = {}, scale[kBlock] = {}, factors[kBlock] = {};
    const T* saved_m = static_cast<const T*>(a.stats) + (head.b * a.heads + head.h) * a.queries;
    const T* saved_r = saved_m + a.batch * a.heads * a.queries;
    const T* q = static_cast<const T*>(a.q) + head.q_at + first * head.q_row;
    const T* dout = static_cast<const T*>(a.dout) + head.out_at + first * head.out_row;
    const T* out = static_cast<const T*>(a.out) + head.out_at + first * head.out_row;
    for (int64_t i = 0; i < rows; ++i) {
      const T r = saved_r[first + i];
      const T* x = dout + i * head.out_row;
      const T* y = out + i * head.out_row;
      m[i] = saved_m[first + i];
      scale[i] = static_cast<T>(a.scale);
      factors[i] = r * static_cast<T>(a.kept_scale);
      mean[i] = r * row_sum(a.value_depth, [x, y](int64_t e, int count) {
                  return V::load(x + e, count) * V::load(y + e, count);
                });
    }
    transpose_in(q, head.q_row, rows, a.depth, scale, q_lanes);
    transpose_in(dout, head.out_row, rows, a.value_depth, factors, y_lanes);
    if (walk.dkv) {
      scale_rows(q, head.q_row, rows, a.depth, scale, q_rows);
      scale_rows(dout, head.out_row, rows, a.value_depth, factors, y_rows);
    }
    if (walk.dq) fill_rows(dq, kBlock, round_up(a.depth, V::width), kBlock);
    for (int64_t j = walk.keys.begin; j < walk.keys.end; ++j) {
      const int64_t key = j * kBlock;
      const Place at{head.b, head.h, first, rows, key, smaller(kBlock, a.keys - key)};
      add_block(head, at, m, mean, walk);
    }
    if (walk.dq) {
      transpose_out(dq, rows, a.depth, scale,
                    static_cast<T*>(a.dq) + head.q_at + first * head.q_row, head.q_row);
    }
  }

  void add_block(const Head<T>& head, const Place& at, const T* m, const T* mean,
                 const Walk& walk) const {
    uint64_t seen[kBlock], kept[kBlock];
    const Sight sight = look(a, at, seen);
    if (sight == kSeesNone) return;
    if (a.state) draw_kept(a, at, kept);
    const int64_t lanes = round_up(at.rows, V::width);
    const int64_t k_at = head.k_at + at.first_key * head.k_row;
    const int64_t v_at = head.v_at + at.first_key * head.v_row;
    const T* k = static_cast<const T*>(a.k) + k_at;
    const T* v = static_cast<const T*>(a.v) + v_at;
    multiply<T>({k, head.k_row, kByRow}, {q_lanes, kBlock}, at.columns, lanes, a.depth, s, kBlock,
                false);
    multiply<T>({v, head.v_row, kByRow}, {y_lanes, kBlock}, at.columns, lanes, a.value_depth, g,
                kBlock, false);
    differentiate(s, g, lanes, at.columns, sight == kSeesAll ? nullptr : seen,
                  a.state ? kept : nullptr, m, mean);
    if (walk.dkv) {
      multiply<T>({s, kBlock, kByRow}, {y_rows, a.value_depth}, at.columns, a.value_depth, at.rows,
                  static_cast<T*>(a.dv) + v_at, head.v_row, true);
      multiply<T>({g, kBlock, kByRow}, {q_rows, a.depth}, at.columns, a.depth, at.rows,
                  static_cast<T*>(a.dk) + k_at, head.k_row, true);
    }
    if (walk.dq) {
      multiply<T>({k, head.k_row, kByColumn}, {g, kBlock}, a.depth, lanes, at.columns, dq, kBlock,
                  true);
    }
  }
};

// Each member takes as many whole heads of keys as all can have. The members share what is left:
// blocks of queries for dq, then blocks of keys for dk and dv, at 7 products per block instead of
// 5.
template <class T>
void backward(const AttentionArgs& a, const Team& team) {
  const Backward<T> kernel(a, static_cast<char*>(a.workspace) + team.rank * a.workspace_bytes);
  const Range queries{0, divide_up(a.queries, kBlock)}, keys{0, divide_up(a.keys, kBlock)};
  const int64_t heads = a.batch * a.groups, own = heads / team.size;
  for (int64_t n = own * team.rank; n < own * (team.rank + 1); ++n) {
    kernel.run(n / a.groups, n % a.groups, {queries, keys, true, true});
  }
  const auto met_by_queries = [&](int64_t block) { return blocks_met(a, block); };
  const auto met_by_keys = [&](int64_t block) {
    return a.causal ? 1 + queries.end - smaller(block, queries.end) : int64_t(1);
  };
  for (int64_t n = own * team.size; n < heads; ++n) {
    const Range rows = fair_range(queries.end, team, met_by_queries);
    kernel.run(n / a.groups, n % a.groups, {rows, keys, true, false});
    const Range columns = fair_range(keys.end, team, met_by_keys);
    kernel.run(n / a.groups, n % a.groups, {queries, columns, false, true});
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
