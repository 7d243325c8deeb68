#include "ops/reduce/arrange.h"

#include "core/error.h"
#include "ops/copy/copy.h"

namespace mark1 {

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

ArrangedAxes arrange_axes(const char* op, const Tensor& x, const std::vector<int64_t>& axes_list) {
  const Axes axes = mark_axes(op, x.shape(), axes_list);
  const Shape& shape = x.shape();
  ArrangedAxes problem = {x};
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

}  // namespace mark1
