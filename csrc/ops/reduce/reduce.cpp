#include "ops/reduce/reduce.h"

#include "core/device.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "ops/cast/cast.h"
#include "ops/copy/copy.h"
#include "ops/reduce/arrange.h"

namespace mark1 {

MARK1_VARIANTS(ReduceKernels, reduce_kernels);

namespace {

// Row of the kernel tables for dtype; the smaller integers are widened before.
int reduce_index(const char* op, DType dtype) {
  refuse_narrow(op, dtype);
  return static_cast<int>(dtype) - static_cast<int>(DType::kI32);
}

Tensor widened(const Tensor& x) {
  return x.dtype() < DType::kI32 ? cast(x, DType::kI32) : x;
}

int64_t blocks(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

Tensor reduce(const char* op, Reduction kind, bool mean, const Tensor& given,
              const std::vector<int64_t>& axes, bool keepdims) {
  const Tensor x = widened(given);
  Tensor out(reduced_shape(op, x.shape(), axes, keepdims), x.dtype());
  if (out.numel() == 0) return out;
  const ArrangedAxes problem = arrange_axes(op, x, axes);
  if ((kind == Reduction::kMax || kind == Reduction::kMin) && problem.n == 0) {
    fail<ValueError>(op, "needs at least one element (x: ", x.shape(), ")");
  }
  // Nothing to add up: but a sum starts from +0, so that -0 becomes +0.
  const int64_t pieces =
      problem.rows ? blocks(problem.n, kReduceSegment) : blocks(problem.n, kReduceChunk);
  Tensor totals(Shape{problem.outer * pieces * problem.columns}, x.dtype());
  ReduceArgs args = {};
  args.x = problem.x.data();
  args.out = out.data();
  args.totals = totals.data();
  args.outer = problem.outer;
  args.n = problem.n;
  args.columns = problem.columns;
  args.mean = mean;
  const auto& table = reduce_kernels_variants.current();
  const auto& kernels = problem.rows ? table.rows : table.columns;
  // About 12 bytes read per nanosecond and thread.
  const double work = static_cast<double>(x.bytes()) * 0.08;
  launch(op, kernels[static_cast<int>(kind)][reduce_index(op, x.dtype())], args, work, {&problem.x},
         {&out, &totals});
  return out;
}

Tensor arg_reduce(const char* op, bool greatest, const Tensor& given, int64_t axis_given,
                  bool keepdims) {
  Tensor x = widened(given);
  const int axis = normalize_axis(op, axis_given, x.rank());
  Tensor out(reduced_shape(op, x.shape(), {axis}, keepdims), DType::kI32);
  const int64_t n = x.shape()[axis];
  if (n == 0) fail<ValueError>(op, "needs at least one element (x: ", x.shape(), ")");
  if (n > INT32_MAX) {
    fail<ValueError>(op, "at most 2^31 - 1 elements fit int32, axis ", axis, " has ", n);
  }
  if (out.numel() == 0) return out;
  if (axis != x.rank() - 1) {
    std::vector<int64_t> order;
    for (int other = 0; other < x.rank(); ++other) {
      if (other != axis) order.push_back(other);
    }
    order.push_back(axis);
    x = transpose(x, order);
  }
  const bool in_pieces = works_on_device() && n > kReduceSegment;
  Tensor totals;
  if (in_pieces) totals = Tensor(Shape{out.numel() * blocks(n, kReduceSegment)}, DType::kI32);
  const ArgReduceArgs args = {x.data(), out.as<int32_t>(),
                              in_pieces ? totals.as<int32_t>() : nullptr, out.numel(), n};
  const auto& table = reduce_kernels_variants.current();
  const auto& kernels = greatest ? table.arg_max : table.arg_min;
  // About 4 bytes read per nanosecond and thread.
  const double work = static_cast<double>(x.bytes()) * 0.25;
  launch(op, kernels[reduce_index(op, x.dtype())], args, work, {&x},
         in_pieces ? TensorList{&out, &totals} : TensorList{&out});
  return out;
}

}  // namespace

Tensor sum(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims) {
  return reduce("sum", Reduction::kSum, false, x, axes, keepdims);
}

Tensor mean(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims) {
  const Tensor real = is_float(x.dtype()) ? x : cast(x, DType::kF32);
  return reduce("mean", Reduction::kSum, true, real, axes, keepdims);
}

Tensor max(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims) {
  return cast(reduce("max", Reduction::kMax, false, x, axes, keepdims), x.dtype());
}

Tensor min(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims) {
  return cast(reduce("min", Reduction::kMin, false, x, axes, keepdims), x.dtype());
}

Tensor prod(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims) {
  return reduce("prod", Reduction::kProduct, false, x, axes, keepdims);
}

Tensor argmax(const Tensor& x, int64_t axis, bool keepdims) {
  return arg_reduce("argmax", true, x, axis, keepdims);
}

Tensor argmin(const Tensor& x, int64_t axis, bool keepdims) {
  return arg_reduce("argmin", false, x, axis, keepdims);
}

}  // namespace mark1
