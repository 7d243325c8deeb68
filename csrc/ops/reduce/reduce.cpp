#include "ops/reduce/reduce.h"

#include "core/isa.h"
#include "core/launch.h"
#include "ops/cast/cast.h"
#include "ops/copy/copy.h"

namespace mark1 {

MARK1_VARIANTS(ReduceKernels, reduce_kernels);

namespace {

struct Axes {
  bool reduced[Shape::kMaxRank] = {};
};

Axes mark_axes(const char* op, const Shape& x, const std::vector<int64_t>& axes) {
  Axes marked;
  for (const int64_t given : axes) {
    const int axis = normalize_axis(op, given, x.rank());
    if (marked.reduced[axis]) {
      fail<ValueError>(op, "axis ", given, " is named twice (x: ", x, ")");
    }
    marked.reduced[axis] = true;
  }
  return marked;
}

// Row of the kernel tables for dtype; the smaller integers are widened before.
int reduce_index(DType dtype) {
  return static_cast<int>(dtype) - static_cast<int>(DType::kI32);
}

Tensor widened(const Tensor& x) {
  return x.dtype() < DType::kI32 ? cast(x, DType::kI32) : x;
}

int64_t blocks(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

int64_t elements(const Shape& shape) {
  int64_t count = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) count *= shape[axis];
  return count;
}

// x brought into the form (outer, n) or (outer, n, columns) with n reduced.
struct Problem {
  Tensor x;
  int64_t outer = 1;
  int64_t n = 1;
  int64_t columns = 1;
  bool rows = true;  // the last axis that matters is reduced
};

Problem arrange(const Tensor& x, const Axes& axes) {
  const Shape& shape = x.shape();
  Problem problem = {x};
  // Runs of neighbouring axes that are all kept or all reduced; size 1 is either.
  int runs = 0;
  int first_reduced = 0;
  int reduced_runs = 0;
  bool last = false;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const bool reduced = axes.reduced[axis];
    if (runs == 0 || reduced != last) {
      ++runs;
      if (reduced && ++reduced_runs == 1) first_reduced = runs - 1;
    }
    last = reduced;
    (reduced ? problem.n : problem.outer) *= shape[axis];
  }
  problem.rows = runs == 0 || last;
  if (reduced_runs <= 1) {
    if (problem.rows || reduced_runs == 0) return problem;
    // kept, reduced, kept: split what is kept.
    int64_t before = 1;
    for (int axis = 0, seen = 0; axis < shape.rank() && first_reduced > 0; ++axis) {
      if (axes.reduced[axis] && shape[axis] != 1) seen = 1;
      if (!seen) before *= shape[axis];
    }
    problem.columns = before == 0 ? 0 : problem.outer / before;
    problem.outer = before;
    return problem;
  }
  // Interleaved: a copy with all reduced axes last (row rule) or first (column rule).
  std::vector<int64_t> order;
  for (const bool wanted : {!problem.rows, problem.rows}) {
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (axes.reduced[axis] == wanted) order.push_back(axis);
    }
  }
  problem.x = transpose(x, order);
  if (!problem.rows) {
    problem.columns = problem.outer;
    problem.outer = 1;
  }
  return problem;
}

Tensor reduce(const char* op, Reduction kind, bool mean, const Tensor& given,
              const std::vector<int64_t>& axes_list, bool keepdims, const Tensor* shift = nullptr) {
  const Tensor x = widened(given);
  const Axes axes = mark_axes(op, x.shape(), axes_list);
  Tensor out(reduced_shape(op, x.shape(), axes_list, keepdims), x.dtype());
  if (out.numel() == 0) return out;
  const Problem problem = arrange(x, axes);
  if ((kind == Reduction::kMax || kind == Reduction::kMin) && problem.n == 0) {
    fail<ValueError>(op, "needs at least one element (x: ", x.shape(), ")");
  }
  // Nothing to add up: but a sum starts from +0, so that -0 becomes +0.
  const int64_t pieces =
      problem.rows ? blocks(problem.n, kReduceSegment) : blocks(problem.n, kReduceChunk);
  Tensor totals(Shape{problem.outer * pieces * problem.columns}, x.dtype());
  ReduceArgs args = {};
  args.x = problem.x.data();
  args.shift = shift ? shift->data() : nullptr;
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
  launch(op, kernels[static_cast<int>(kind)][reduce_index(x.dtype())], args, work,
         {&problem.x, shift ? shift : &problem.x}, {&out, &totals});
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
  const ArgReduceArgs args = {x.data(), out.as<int32_t>(), out.numel(), n};
  const auto& table = reduce_kernels_variants.current();
  const auto& kernels = greatest ? table.arg_max : table.arg_min;
  // About 4 bytes read per nanosecond and thread.
  const double work = static_cast<double>(x.bytes()) * 0.25;
  launch(op, kernels[reduce_index(x.dtype())], args, work, {&x}, {&out});
  return out;
}

}  // namespace

Shape reduced_shape(const char* op, const Shape& x, const std::vector<int64_t>& axes_list,
                    bool keepdims) {
  const Axes axes = mark_axes(op, x, axes_list);
  Shape out;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!axes.reduced[axis]) {
      out.push_back(x[axis]);
    } else if (keepdims) {
      out.push_back(1);
    }
  }
  return out;
}

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

Tensor squares(const Tensor& x, const Tensor* shift, const std::vector<int64_t>& axes,
               bool keepdims, bool mean) {
  const Tensor real = is_float(x.dtype()) ? x : cast(x, DType::kF32);
  const Shape out = reduced_shape("squares", x.shape(), axes, keepdims);
  if (shift && (shift->dtype() != real.dtype() || shift->numel() != elements(out))) {
    fail<ValueError>("squares", "needs one shift per result (x: ", x.shape(),
                     ", shift: ", shift->shape(), " ", name(shift->dtype()), ")");
  }
  return reduce("squares", Reduction::kSquares, mean, real, axes, keepdims, shift);
}

Tensor argmax(const Tensor& x, int64_t axis, bool keepdims) {
  return arg_reduce("argmax", true, x, axis, keepdims);
}

Tensor argmin(const Tensor& x, int64_t axis, bool keepdims) {
  return arg_reduce("argmin", false, x, axis, keepdims);
}

}  // namespace mark1
