#include "ops/f16_gemm/f16_gemm.h"

#include "core/isa.h"
#include "ops/cast/cast.h"

namespace mark1 {

MARK1_VARIANTS(NarrowGemmKernels, f16_gemm_kernels);

namespace {

Tensor multiply(NarrowProduct& product) {
  const NarrowGemmKernels& kernels = f16_gemm_kernels_variants.current();
  if (kernels.run.run) return launch_narrow(kernels, product);
  const Tensor a = cast(product.a, DType::kF32), b = cast(product.b, DType::kF32);
  const Tensor y(product.y.shape, DType::kF32);
  GemmArgs& args = product.args.gemm;
  args.a = a.data();
  args.b = b.data();
  args.bias = product.bias ? product.bias->data() : nullptr;
  args.y = y.data();
  launch_gemm(product.op, args, a, b, product.bias, y);
  return cast(y, product.y.dtype);
}

}  // namespace

Tensor f16_gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
                const NarrowGemmOptions& options) {
  return narrow_gemm(op, kF16, a, b, bias, options, &multiply);
}

Tensor batched_f16_gemm(const char* op, const Tensor& a, const Tensor& b,
                        const NarrowGemmOptions& options) {
  return batched_narrow_gemm(op, kF16, a, b, options, &multiply);
}

}  // namespace mark1
