#include "ops/bf16_gemm/bf16_gemm.h"

#include "core/launch.h"
#include "ops/bf16_gemm/units.h"
#include "ops/gemm/shapes.h"

namespace mark1 {
namespace {

// What the shape rules of op `gemm` ask of operands, which are of one dtype there.
Spec as_float(const char* op, const Tensor& x) {
  if (x.dtype() != kBF16) {
    fail<TypeError>(op, "needs bfloat16, got ", name(x.dtype()),
                    ". Convert with cast(x, 'bfloat16')");
  }
  return {x.shape(), DType::kF32};
}

// Nanoseconds on one thread at about 200 GFLOP/s, plus the traffic of the operands.
double estimated_work(const Bf16GemmArgs& g) {
  const auto m = static_cast<double>(g.m);
  const auto n = static_cast<double>(g.n);
  const auto k = static_cast<double>(g.k);
  return static_cast<double>(g.batch.count) *
         (0.01 * m * n * k + 0.05 * (m * k + k * n) + 0.03 * m * n);
}

Bf16GemmArgs args_of(const GemmArgs& g, const Tensor& a, const Tensor& b, const Tensor& y) {
  Bf16GemmArgs args = {};
  args.a = a.as<BFloat16>();
  args.a_row = g.a_row;
  args.a_col = g.a_col;
  args.b = b.as<BFloat16>();
  args.b_row = g.b_row;
  args.b_col = g.b_col;
  args.y = y.data();
  args.y_row = g.y_row;
  args.m = g.m;
  args.n = g.n;
  args.k = g.k;
  args.activation = g.activation;
  args.alpha = g.alpha;
  args.narrow = y.dtype() == kBF16;
  args.batch = g.batch;
  return args;
}

void launch_product(const char* op, Bf16GemmArgs& args, const Tensor& a, const Tensor& b,
                    const Tensor* bias, const Tensor& y) {
  const Bf16GemmKernels& kernels = bf16_gemm_kernels();
  const double work = estimated_work(args);
  const int members = team_size(work);
  const Bf16Workspace sizes = kernels.workspace(args);
  args.shared_bytes = sizes.shared;
  args.member_bytes = sizes.member;
  const int64_t shared = args.batch.count > 1 ? members : 1;
  const Tensor workspace(Shape{shared * sizes.shared + members * sizes.member}, DType::kU8);
  args.workspace = workspace.data();
  const LaunchLimits limits{members};
  if (bias) {
    return launch(op, kernels.run, args, work, {&a, &b, bias}, {&y, &workspace}, limits);
  }
  launch(op, kernels.run, args, work, {&a, &b}, {&y, &workspace}, limits);
}

}  // namespace

Tensor bf16_gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
                 const Bf16GemmOptions& options) {
  const Spec left = as_float(op, a), right = as_float(op, b);
  const Spec bias_spec = bias ? bias->spec() : Spec{};
  const Spec spec = gemm_spec(op, left, right, bias ? &bias_spec : nullptr, options.gemm);
  const Tensor y(spec.shape, options.to);
  if (y.numel() == 0) return y;
  const GemmArgs g = gemm_args(flattened(a.shape()), flattened(b.shape()), options.gemm);
  Bf16GemmArgs args = args_of(g, a, b, y);
  args.bias = bias ? bias->as<float>() : nullptr;
  launch_product(op, args, a, b, bias, y);
  return y;
}

Tensor batched_bf16_gemm(const char* op, const Tensor& a, const Tensor& b,
                         const Bf16GemmOptions& options) {
  const Spec spec = batched_gemm_spec(op, as_float(op, a), as_float(op, b), options.gemm);
  const Tensor y(spec.shape, options.to);
  if (y.numel() == 0) return y;
  Bf16GemmArgs args =
      args_of(batched_gemm_args(a.shape(), b.shape(), y.shape(), options.gemm), a, b, y);
  launch_product(op, args, a, b, nullptr, y);
  return y;
}

}  // namespace mark1
