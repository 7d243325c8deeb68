#include "ops/gemm/narrow.h"

#include "core/device.h"
#include "core/launch.h"
#include "ops/gemm/shapes.h"

namespace mark1 {
namespace {

// What the shape rules of op `gemm` ask of operands, which are of one dtype there.
Spec as_float(const char* op, const Tensor& x, DType dtype) {
  if (x.dtype() != dtype) {
    fail<TypeError>(op, "needs ", name(dtype), ", got ", name(x.dtype()),
                    ". Convert with cast(x, '", name(dtype), "')");
  }
  return {x.shape(), DType::kF32};
}

// Nanoseconds on one thread at about 200 GFLOP/s, plus the traffic of the operands.
double estimated_work(const GemmArgs& g) {
  const auto m = static_cast<double>(g.m);
  const auto n = static_cast<double>(g.n);
  const auto k = static_cast<double>(g.k);
  return static_cast<double>(g.batch.count) *
         (0.01 * m * n * k + 0.05 * (m * k + k * n) + 0.03 * m * n);
}

}  // namespace

Tensor narrow_gemm(const char* op, DType dtype, const Tensor& a, const Tensor& b,
                   const Tensor* bias, const NarrowGemmOptions& options, NarrowMultiply multiply) {
  const Spec left = as_float(op, a, dtype), right = as_float(op, b, dtype);
  const Spec bias_spec = bias ? bias->spec() : Spec{};
  const Spec spec = gemm_spec(op, left, right, bias ? &bias_spec : nullptr, options.gemm);
  NarrowProduct product = {op, a, b, bias, {spec.shape, options.to}, {}};
  if (spec.shape.numel() == 0) return Tensor(product.y);
  product.args.gemm = gemm_args(flattened(a.shape()), flattened(b.shape()), options.gemm);
  return multiply(product);
}

Tensor batched_narrow_gemm(const char* op, DType dtype, const Tensor& a, const Tensor& b,
                           const NarrowGemmOptions& options, NarrowMultiply multiply) {
  const Spec spec =
      batched_gemm_spec(op, as_float(op, a, dtype), as_float(op, b, dtype), options.gemm);
  NarrowProduct product = {op, a, b, nullptr, {spec.shape, options.to}, {}};
  if (spec.shape.numel() == 0) return Tensor(product.y);
  product.args.gemm = batched_gemm_args(a.shape(), b.shape(), spec.shape, options.gemm);
  return multiply(product);
}

Tensor launch_narrow(const NarrowGemmKernels& kernels, NarrowProduct& product) {
  const Tensor y(product.y);
  NarrowGemmArgs& args = product.args;
  GemmArgs& g = args.gemm;
  g.a = product.a.data();
  g.b = product.b.data();
  g.bias = product.bias ? product.bias->data() : nullptr;
  g.y = y.data();
  args.narrow = is_narrow(y.dtype());
  const double work = estimated_work(g);
  const int members = team_size(work);
  const NarrowGemmWorkspace sizes = kernels.workspace(args);
  args.shared_bytes = sizes.shared;
  g.workspace_bytes = sizes.member;
  const int64_t shared = g.batch.count > 1 && !works_on_device() ? members : 1;
  const Tensor workspace(Shape{shared * sizes.shared + members * sizes.member}, DType::kU8);
  g.workspace = workspace.data();
  const LaunchLimits limits{members};
  const Tensor &a = product.a, &b = product.b;
  if (product.bias) {
    launch(product.op, kernels.run, args, work, {&a, &b, product.bias}, {&y, &workspace}, limits);
  } else {
    launch(product.op, kernels.run, args, work, {&a, &b}, {&y, &workspace}, limits);
  }
  return y;
}

}  // namespace mark1
