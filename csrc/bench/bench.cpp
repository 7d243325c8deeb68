#include "bench/bench.h"

#include "core/error.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/thread_pool.h"

namespace mark1 {

MARK1_VARIANTS(BenchKernels, bench_kernels);

namespace {

// Work that always gets the whole team.
constexpr double kAllThreads = 1e15;

int float_index(DType dtype) {
  if (!is_float(dtype)) fail<TypeError>("bench", "needs float32 or float64, got ", name(dtype));
  return dtype == DType::kF32 ? 0 : 1;
}

void run_stream(const Kernel<StreamArgs>* kernels, const Tensor& x, Tensor& out) {
  if (x.numel() != out.numel() || x.dtype() != out.dtype()) {
    fail<ValueError>("bench", "x and out differ (x: ", x.shape(), ", out: ", out.shape(), ")");
  }
  const StreamArgs args = {x.data(), out.data(), x.numel()};
  launch("bench", kernels[float_index(x.dtype())], args, kAllThreads, {&x}, {&out});
}

GemmArgs product_args(const Tensor& x, const Tensor& w) {
  gemm_spec("bench", x.spec(), w.spec(), nullptr, {});
  const int64_t k = x.shape().back();
  if (x.dtype() != DType::kF32 || x.rank() != 2 || k * 4 % 1024 == 0 || x.shape()[0] < 64 ||
      w.shape()[1] < 64) {
    fail<ValueError>("bench",
                     "needs large float32 matrices, x without rows of whole KB (x: ", x.shape(),
                     ", w: ", w.shape(), ")");
  }
  GemmArgs args = {};
  args.a = x.data();
  args.a_row = k;
  args.a_col = 1;
  args.b = w.data();
  args.b_row = args.y_row = args.n = w.shape()[1];
  args.b_col = 1;
  args.m = x.shape()[0];
  args.k = k;
  args.batch.count = 1;
  return args;
}

}  // namespace

double bench_fma(DType dtype, int64_t rounds) {
  const BenchKernels& kernels = bench_kernels_variants.current();
  const int index = float_index(dtype);
  const int threads = num_threads();
  Tensor factors(Shape{2}, dtype);
  Tensor out(Shape{threads}, dtype);
  // The chains converge to b / (1 - a) = 2: no overflow, no denormals.
  if (index == 0) {
    factors.as<float>()[0] = 0.5f;
    factors.as<float>()[1] = 1.0f;
  } else {
    factors.as<double>()[0] = 0.5;
    factors.as<double>()[1] = 1.0;
  }
  const FmaArgs args = {factors.data(), out.data(), rounds};
  launch("bench", kernels.fma[index], args, kAllThreads, {&factors}, {&out});
  return 2.0 * kFmaChains * kernels.width[index] * static_cast<double>(rounds) * threads;
}

void bench_copy(const Tensor& x, Tensor& out, bool non_temporal) {
  const BenchKernels& kernels = bench_kernels_variants.current();
  run_stream(non_temporal ? kernels.stream : kernels.copy, x, out);
}

void bench_root(const Tensor& x, Tensor& out) {
  run_stream(bench_kernels_variants.current().root, x, out);
}

Tensor bench_product_workspace(const Tensor& x, const Tensor& w) {
  const BenchKernels& kernels = bench_kernels_variants.current();
  return Tensor(Shape{kernels.product_bytes(product_args(x, w)) + 64}, DType::kU8);
}

void bench_product(const Tensor& x, const Tensor& w, Tensor& out, Tensor& workspace,
                   bool one_chunk) {
  const BenchKernels& kernels = bench_kernels_variants.current();
  GemmArgs args = product_args(x, w);
  args.y = out.data();
  args.workspace = workspace.data();
  args.workspace_bytes = workspace.numel();
  if (out.numel() != args.m * args.n || out.dtype() != DType::kF32 ||
      workspace.numel() < kernels.product_bytes(args)) {
    fail<ValueError>("bench", "out or workspace is too small (out: ", out.shape(), ")");
  }
  launch("bench", kernels.product[one_chunk], args, 0, {&x, &w}, {&out, &workspace}, {1});
}

}  // namespace mark1
