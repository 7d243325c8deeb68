#include "ops/bf16_gemm/bf16_gemm.h"

#include "ops/bf16_gemm/units.h"

namespace mark1 {
namespace {

Tensor multiply(NarrowProduct& product) {
  return launch_narrow(bf16_gemm_kernels(), product);
}

}  // namespace

Tensor bf16_gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
                 const NarrowGemmOptions& options) {
  return narrow_gemm(op, kBF16, a, b, bias, options, &multiply);
}

Tensor batched_bf16_gemm(const char* op, const Tensor& a, const Tensor& b,
                         const NarrowGemmOptions& options) {
  return batched_narrow_gemm(op, kBF16, a, b, options, &multiply);
}

}  // namespace mark1
