#include "ops/gemm/gemm.h"

#include <atomic>

#include "core/device.h"
#include "core/isa.h"
#include "core/launch.h"
#include "ops/gemm/double_units.h"
#include "ops/gemm/narrow.h"
#include "ops/gemm/shapes.h"

namespace mark1 {

MARK1_VARIANTS(GemmKernels, gemm_kernels);

namespace {

// Nanoseconds on one thread at about 100 GFLOP/s in float32, plus the traffic of the operands.
double estimated_work(const GemmArgs& g, int index) {
  const auto m = static_cast<double>(g.m);
  const auto n = static_cast<double>(g.n);
  const auto k = static_cast<double>(g.k);
  return static_cast<double>(g.batch.count) * (index + 1) *
         (0.02 * m * n * k + 0.03 * (m * k + k * n + m * n));
}

std::atomic<bool> in_tensorfloat32{false};

// On devices alone, and a table of its own there: the other precisions have no such unit.
void launch_tensorfloat32(const char* op, const GemmArgs& gemm, double work, const Tensor& a,
                          const Tensor& b, const Tensor* bias, const Tensor& y) {
  static std::atomic<const void*> known{nullptr};
  const auto& kernels = *static_cast<const NarrowGemmKernels*>(
      device_kernels("tf32_gemm_kernels", sizeof(NarrowGemmKernels), known));
  NarrowGemmArgs args = {};
  args.gemm = gemm;
  args.shared_bytes = kernels.workspace(args).shared;
  const Tensor workspace(Shape{args.shared_bytes}, DType::kU8);
  args.gemm.workspace = workspace.data();
  if (bias) return launch(op, kernels.run, args, work, {&a, &b, bias}, {&y, &workspace});
  launch(op, kernels.run, args, work, {&a, &b}, {&y, &workspace});
}

}  // namespace

bool tensorfloat32() {
  return in_tensorfloat32.load(std::memory_order_relaxed);
}

void set_tensorfloat32(bool on) {
  in_tensorfloat32.store(on, std::memory_order_relaxed);
}

Spec gemm_spec(const char* op, const Spec& a, const Spec& b, const Spec* bias,
               const GemmOptions& options) {
  check_matrices(op, a, b);
  if (!options.trans_a && b.shape.rank() != 2) {
    fail<ValueError>(op, "w must have 2 axes (x: ", a.shape, ", w: ", b.shape, ")");
  }
  const Matrix x = flattened(a.shape);
  const Matrix w = flattened(b.shape);
  check_inner(op, a, b, x, w, options);
  const int64_t columns = options.trans_b ? w.rows : w.columns;
  if (bias) {
    if (bias->dtype != a.dtype) {
      fail<TypeError>(op, "x is ", name(a.dtype), ", b is ", name(bias->dtype));
    }
    if (bias->shape.rank() != 1 || differ(bias->shape[0], columns)) {
      fail<ValueError>(op, "b must have shape (", columns,
                       ",), one element per column of w (w: ", b.shape, ", b: ", bias->shape, ")");
    }
  }
  Shape shape = options.trans_a ? Shape{x.columns} : a.shape.slice(0, a.shape.rank() - 1);
  shape.push_back(columns);
  return {shape, a.dtype};
}

Tensor gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
            const GemmOptions& options) {
  const Spec bias_spec = bias ? bias->spec() : Spec{};
  Tensor y(gemm_spec(op, a.spec(), b.spec(), bias ? &bias_spec : nullptr, options));
  if (y.numel() == 0) return y;

  GemmArgs args = gemm_args(flattened(a.shape()), flattened(b.shape()), options);
  args.a = a.data();
  args.b = b.data();
  args.bias = bias ? bias->data() : nullptr;
  args.y = y.data();
  launch_gemm(op, args, a, b, bias, y);
  return y;
}

void launch_gemm(const char* op, GemmArgs& args, const Tensor& a, const Tensor& b,
                 const Tensor* bias, const Tensor& y) {
  const int index = float_index(op, a.dtype());
  const GemmKernels& kernels = gemm_kernels_variants.current();
  const Kernel<GemmArgs> kernel = kernels.run[index];
  const double work = estimated_work(args, index);
  if (works_on_device() && index == 0 && tensorfloat32()) {
    return launch_tensorfloat32(op, args, work, a, b, bias, y);
  }
  if (works_on_device() && index == 1) find_double_units();
  args.workspace_bytes = kernels.workspace_bytes[index](args);
  if (args.workspace_bytes == 0) {
    if (bias) return launch(op, kernel, args, work, {&a, &b, bias}, {&y});
    return launch(op, kernel, args, work, {&a, &b}, {&y});
  }
  // A device's kernel says what all of it needs.
  const int members = works_on_device() ? 1 : team_size(work);
  const Tensor workspace(Shape{args.workspace_bytes * members}, DType::kU8);
  args.workspace = workspace.data();
  if (bias) return launch(op, kernel, args, work, {&a, &b, bias}, {&y, &workspace}, {members});
  launch(op, kernel, args, work, {&a, &b}, {&y, &workspace}, {members});
}

}  // namespace mark1
