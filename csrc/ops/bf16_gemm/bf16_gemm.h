// bf16_gemm: y = activation(op(a) @ op(b) + bias) of bfloat16 operands (ops/gemm/narrow.h).
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

#include "ops/gemm/narrow.h"

namespace mark1 {

inline constexpr int64_t kBf16Block = 32;

Tensor bf16_gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
                 const NarrowGemmOptions& options);

Tensor batched_bf16_gemm(const char* op, const Tensor& a, const Tensor& b,
                         const NarrowGemmOptions& options);

}  // namespace mark1
