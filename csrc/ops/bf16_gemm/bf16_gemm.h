// bf16_gemm: y = activation(op(a) @ op(b) + bias) of bfloat16 operands, summed in float32.
//
//   a, b  bfloat16, shaped and transposed as those of op `gemm`
//   bias  (n) in float32, optional
//   y     (..., m, n) in float32, or rounded to bfloat16 once; never aliases an operand
//
// The order of the sum is that of TDPBF16PS, the product of AMX's tiles (Intel 64 and IA-32
// Architectures Software Developer's Manual, volume 2): k ascends in blocks of 32, the last filled
// up with zeros. Within one, elements of even index and those of odd index are two chains of
// fused multiply-adds from +0; their totals are added, even + odd, and the block's total to what
// came before, which begins as +0. All of it rounds to nearest even, takes denormals for zeros of
// their sign and makes such zeros of them. Bias, activation and the last rounding are as anywhere.
//
// VDPBF16PS adds pairs, the odd element first, to one chain. Given pairs that are neighbours in a
// chain of the definition, it makes these chains (avx512_bf16.cpp).
#pragma once

#include "core/bfloat16.h"
#include "ops/gemm/gemm.h"

namespace mark1 {

struct Bf16GemmArgs {
  const BFloat16* a;  // (m, k)
  int64_t a_row;
  int64_t a_col;
  const BFloat16* b;  // (k, n)
  int64_t b_row;
  int64_t b_col;
  void* y;  // (m, n)
  int64_t y_row;
  const float* bias;  // (n) or null
  int64_t m;
  int64_t n;
  int64_t k;
  GemmActivation activation;  // null: linear
  double alpha;
  void* workspace;  // 64-byte aligned: b's panels, then a part for each member of the team
  int64_t shared_bytes;
  int64_t member_bytes;
  bool narrow;  // y is bfloat16
  GemmBatch batch;
};

inline constexpr int64_t kBf16Block = 32;

struct Bf16Workspace {
  int64_t shared;  // once; of many products once per member
  int64_t member;
};

struct Bf16GemmKernels {
  Kernel<Bf16GemmArgs> run;
  Bf16Workspace (*workspace)(const Bf16GemmArgs& args);
};

struct Bf16GemmOptions {
  GemmOptions gemm;
  DType to = kBF16;  // or float32
};

Tensor bf16_gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
                 const Bf16GemmOptions& options);

Tensor batched_bf16_gemm(const char* op, const Tensor& a, const Tensor& b,
                         const Bf16GemmOptions& options);

}  // namespace mark1
