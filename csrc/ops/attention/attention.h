// attention: each query's average of values, weighted by the softmax of its products with keys.
//
//   q      (B, T, H, D)                 k  (B, S, G, D)            v  (B, S, G, E)
//   out    (B, T, H, E)                 stats (2, B, H, T): m and r of each query, for the gradient
//   G      heads of keys and values; divides H, and head h reads head h / (H / G)
//   masks  bytes of 0 and 1, any of them missing: mask (B, H, T, S) by strides, 0 where it is
//          broadcast; query_mask (B, T); key_mask (B, S); causal: key j is seen by queries i >= j
//
//   s_ij = sum_d (q_id scale) k_jd, -infinity where key j is masked for query i
//   m_i  = max_j s_ij and the lowest number, e_ij = exp(s_ij - m_i), r_i = 1 / sum_j e_ij
//   out  = (sum_j kept_ij e_ij v_j) (r_i / (1 - rate)), kept: dropout's word of element (b, h, i,
//   j)
//
// A query that sees no key has r = 0 and gives zeros. The matrix of s exists only in blocks of 64
// queries by 64 keys, at absolute positions; a block in which no query sees a key is left out.
// Within a block sums are chains of fused multiply-adds from +0; totals of blocks are added
// ascending, forward with online rescaling (Milakov, Gimelshein: Online normalizer calculation for
// softmax, 2018; Dao et al.: FlashAttention, 2022). reference.cpp has every detail.
//
// backward, with y_i = dout_i (r_i / (1 - rate)), a_i = r_i sum_e dout_ie out_ie (the row rule):
//   g_ij = kept_ij sum_e y_ie v_je, ds_ij = e_ij (g_ij - a_i)
//   dv_j = sum_i kept_ij e_ij y_i, dk_j = sum_i ds_ij (q_i scale), dq_i = (sum_j ds_ij k_j) scale
//
// Outputs never alias inputs.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

inline constexpr int64_t kAttentionBlock = 64;
// Up to so many queries of a head pass by the keys one by one: a block costs as much for 16 queries
// as for one, and here each costs a quarter of that.
inline constexpr int64_t kFewQueries = 3;

struct AttentionArgs {
  const void* q;
  const void* k;
  const void* v;
  const uint8_t* mask;  // this and the next three: or null
  const uint8_t* query_mask;
  const uint8_t* key_mask;
  const int64_t* state;    // of dropout
  int64_t mask_stride[4];  // of axes B, H, T, S
  void* out;
  void* stats;
  const void* dout;  // this and the next three: backward only
  void* dq;
  void* dk;
  void* dv;
  int64_t batch, queries, keys, heads, groups, depth, value_depth;
  double scale;
  double kept_scale;   // 1 / (1 - rate)
  uint32_t threshold;  // as in ops/dropout
  bool causal;
  void* workspace;  // 64-byte aligned; each member of the team owns workspace_bytes of it
  int64_t workspace_bytes;
};

struct AttentionKernels {
  Kernel<AttentionArgs> forward[2];
  Kernel<AttentionArgs> backward[2];
  // On a device, of the whole workspace; null elsewhere, where members have their own.
  int64_t (*workspace_bytes)(const AttentionArgs& args, bool backward, int64_t item);
};

struct AttentionOptions {
  const Tensor* mask = nullptr;  // bool, 4 axes, each of them 1 or that of (B, H, T, S)
  const Tensor* query_mask = nullptr;
  const Tensor* key_mask = nullptr;
  const Tensor* state = nullptr;
  double rate = 0;
  double scale = 1;
  bool causal = false;
};

struct Attention {
  Tensor out, stats;
};
struct AttentionGradients {
  Tensor dq, dk, dv;
};

// Shape rule; accepts unknown dimensions.
Spec attention_spec(const Spec& q, const Spec& k, const Spec& v);

Attention attention(const Tensor& q, const Tensor& k, const Tensor& v,
                    const AttentionOptions& options);
AttentionGradients attention_backward(const Tensor& dout, const Tensor& q, const Tensor& k,
                                      const Tensor& v, const Attention& saved,
                                      const AttentionOptions& options);

}  // namespace mark1
