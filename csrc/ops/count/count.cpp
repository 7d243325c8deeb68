#include "ops/count/count.h"

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "ops/reduce/arrange.h"

namespace mark1 {

MARK1_VARIANTS(CountKernels, count_kernels);

namespace {

constexpr const char* kNames[] = {"count_nonzero", "any", "all"};

}  // namespace

Tensor count(Count kind, const Tensor& x, const std::vector<int64_t>& axes, bool keepdims) {
  const char* op = kNames[static_cast<int>(kind)];
  refuse_narrow(op, x.dtype());
  Tensor out(reduced_shape(op, x.shape(), axes, keepdims),
             kind == Count::kNumber ? DType::kI32 : DType::kBool);
  if (out.numel() == 0) return out;
  const ArrangedAxes problem = arrange_axes(op, x, axes);
  const int64_t pieces = (problem.n + kCountPiece - 1) / kCountPiece;
  const Tensor totals(Shape{problem.outer * (problem.rows ? pieces : problem.columns)},
                      DType::kI32);
  CountArgs args = {};
  args.x = problem.x.data();
  args.out = out.data();
  args.totals = totals.as<int32_t>();
  args.outer = problem.outer;
  args.n = problem.n;
  args.columns = problem.columns;
  args.kind = kind;
  const CountKernels& kernels = count_kernels_variants.current();
  const auto& table = problem.rows ? kernels.rows : kernels.columns;
  // About 25 bytes read per nanosecond and thread.
  const double work = static_cast<double>(x.bytes()) * 0.04;
  launch(op, table[static_cast<int>(x.dtype())], args, work, {&problem.x}, {&out, &totals});
  return out;
}

}  // namespace mark1
