// Many matrices at once, and matmul's rules for what is a matrix.
#include "ops/broadcast/broadcast.h"
#include "ops/gemm/shapes.h"

namespace mark1 {

Spec batched_gemm_spec(const char* op, const Spec& a, const Spec& b, const GemmOptions& options) {
  check_matrices(op, a, b);
  const Matrix x = last_two(a.shape);
  const Matrix w = last_two(b.shape);
  check_inner(op, a, b, x, w, options);
  Shape shape = broadcast_shape(op, a.shape.slice(0, a.shape.rank() - 2),
                                b.shape.slice(0, b.shape.rank() - 2));
  shape.push_back(options.trans_a ? x.columns : x.rows);
  shape.push_back(options.trans_b ? w.rows : w.columns);
  return {shape, a.dtype};
}

namespace {

// Writes the axes of a batch that b walks too; what only a walks are further rows of one matrix.
void set_batch(const Shape& batch, const Shape& a, const Shape& b, GemmArgs& args) {
  const int64_t a_size = args.m * args.k;
  const int64_t b_size = args.k * args.n;
  int64_t a_step[Shape::kMaxRank];
  int64_t b_step[Shape::kMaxRank];
  broadcast_strides(a.slice(0, a.rank() - 2), batch, a_step);
  broadcast_strides(b.slice(0, b.rank() - 2), batch, b_step);
  int rank = batch.rank();
  for (; rank > 0 && args.a_col == 1; --rank) {
    const int64_t axis = rank - 1;
    const bool more_rows = b_step[axis] == 0 && a_step[axis] * a_size == args.m * args.a_row;
    if (batch[rank - 1] != 1 && !more_rows) break;
    args.m *= batch[rank - 1];
  }
  int64_t y_step = 1;
  for (int axis = 0; axis < rank; ++axis) y_step *= batch[axis];
  GemmBatch& out = args.batch;
  for (int axis = 0; axis < rank; ++axis) {
    y_step /= batch[axis];
    if (batch[axis] == 1) continue;
    const int64_t last = out.axes - 1;
    const bool merges = out.axes > 0 && out.a_step[last] == a_step[axis] * a_size * batch[axis] &&
                        out.b_step[last] == b_step[axis] * b_size * batch[axis];
    const int64_t to = merges ? last : out.axes++;
    out.size[to] = merges ? out.size[to] * batch[axis] : batch[axis];
    out.a_step[to] = a_step[axis] * a_size;
    out.b_step[to] = b_step[axis] * b_size;
    out.y_step[to] = y_step * args.m * args.n;
    out.count *= batch[axis];
  }
}

}  // namespace

GemmArgs batched_gemm_args(const Shape& a, const Shape& b, const Shape& y,
                           const GemmOptions& options) {
  GemmArgs args = gemm_args(last_two(a), last_two(b), options);
  set_batch(y.slice(0, y.rank() - 2), a, b, args);
  return args;
}

Tensor batched_gemm(const char* op, const Tensor& a, const Tensor& b, const GemmOptions& options) {
  Tensor y(batched_gemm_spec(op, a.spec(), b.spec(), options));
  if (y.numel() == 0) return y;

  GemmArgs args = batched_gemm_args(a.shape(), b.shape(), y.shape(), options);
  args.a = a.data();
  args.b = b.data();
  args.y = y.data();
  launch_gemm(op, args, a, b, nullptr, y);
  return y;
}

namespace {

// A vector as the matrix that matmul takes it for.
Shape as_left(const Shape& shape) {
  return shape.rank() == 1 ? Shape{1, shape[0]} : shape;
}
Shape as_right(const Shape& shape) {
  return shape.rank() == 1 ? Shape{shape[0], 1} : shape;
}

// The result without the axes that vectors were given.
Shape without_added_axes(const Shape& y, const Shape& x, const Shape& w) {
  Shape shape = y.slice(0, y.rank() - 2);
  if (x.rank() > 1) shape.push_back(y[y.rank() - 2]);
  if (w.rank() > 1) shape.push_back(y.back());
  return shape;
}

void check_axes(const Shape& x, const Shape& w) {
  if (x.rank() == 0 || w.rank() == 0) {
    fail<ValueError>("matmul", "a number is not a matrix (x: ", x, ", w: ", w, ")");
  }
}

}  // namespace

Spec matmul_spec(const Spec& x, const Spec& w) {
  check_axes(x.shape, w.shape);
  const Spec a{as_left(x.shape), x.dtype};
  const Spec b{as_right(w.shape), w.dtype};
  const Spec y = b.shape.rank() == 2 ? gemm_spec("matmul", a, b, nullptr, {})
                                     : batched_gemm_spec("matmul", a, b, {});
  return {without_added_axes(y.shape, x.shape, w.shape), y.dtype};
}

Tensor matmul(const Tensor& x, const Tensor& w) {
  if (x.rank() >= 2 && w.rank() == 2) return gemm("matmul", x, w, nullptr, {});
  check_axes(x.shape(), w.shape());
  const Tensor a = x.reshaped(as_left(x.shape()));
  const Tensor b = w.reshaped(as_right(w.shape()));
  const Tensor y =
      b.rank() == 2 ? gemm("matmul", a, b, nullptr, {}) : batched_gemm("matmul", a, b, {});
  return y.reshaped(without_added_axes(y.shape(), x.shape(), w.shape()));
}

}  // namespace mark1
