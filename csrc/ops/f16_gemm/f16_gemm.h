// f16_gemm: y = activation(op(a) @ op(b) + bias) of float16 operands (ops/gemm/narrow.h).
//
// The product of two float16 numbers is exact in float32, so the operands are widened, which is
// exact as well, and multiplied as op `gemm` has it: its order of summation, its bits. The result
// is rounded once, after bias and activation. Processors have no unit that is faster at it; where
// there is no kernel of this op, casts and gemm are it.
#pragma once

#include "ops/gemm/narrow.h"

namespace mark1 {

Tensor f16_gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
                const NarrowGemmOptions& options);

Tensor batched_f16_gemm(const char* op, const Tensor& a, const Tensor& b,
                        const NarrowGemmOptions& options);

}  // namespace mark1
