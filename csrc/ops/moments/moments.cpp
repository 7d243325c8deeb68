#include "ops/moments/moments.h"

#include "core/isa.h"
#include "core/launch.h"
#include "ops/cast/cast.h"
#include "ops/reduce/arrange.h"

namespace mark1 {

MARK1_VARIANTS(MomentsKernels, moments_kernels);

namespace {

constexpr const char* kNames[kMoments] = {"logsumexp", "var", "norm"};
// Nanoseconds of one thread per byte of float32 read from a second-level cache.
constexpr double kCosts[kMoments] = {0.045, 0.015, 0.015};

}  // namespace

Tensor moment(Moment kind, const Tensor& given, const std::vector<int64_t>& axes, bool keepdims) {
  const int k = static_cast<int>(kind);
  const char* op = kNames[k];
  const Tensor x = is_float(given.dtype()) ? given : cast(given, DType::kF32);
  Tensor out(reduced_shape(op, x.shape(), axes, keepdims), x.dtype());
  if (out.numel() == 0) return out;
  const ArrangedAxes problem = arrange_axes(op, x, axes);
  if (kind == Moment::kLogSumExp && problem.n == 0) {
    fail<ValueError>(op, "needs at least one element (x: ", x.shape(), ")");
  }
  const int64_t size = problem.rows ? kMomentSegment : kMomentChunk;
  const int64_t pieces = (problem.n + size - 1) / size;
  const Tensor totals(Shape{problem.outer * pieces * 2 * problem.columns}, x.dtype());
  MomentArgs args = {};
  args.x = problem.x.data();
  args.out = out.data();
  args.totals = totals.data();
  args.outer = problem.outer;
  args.n = problem.n;
  args.columns = problem.columns;
  const MomentsKernels& kernels = moments_kernels_variants.current();
  const auto& table = problem.rows ? kernels.rows : kernels.columns;
  launch(op, table[k][float_index(op, x.dtype())], args, kCosts[k] * static_cast<double>(x.bytes()),
         {&problem.x}, {&out, &totals});
  return out;
}

}  // namespace mark1
