#include "ops/gemm/gemm.h"

#include "core/isa.h"
#include "core/launch.h"
#include "ops/broadcast/broadcast.h"

namespace mark1 {

MARK1_VARIANTS(GemmKernels, gemm_kernels);

namespace {

// Rows and columns of one operand: as it lies, or with leading axes counted as rows.
struct Matrix {
  int64_t rows;
  int64_t columns;
};

Matrix last_two(const Shape& shape) {
  return {shape[shape.rank() - 2], shape.back()};
}

Matrix flattened(const Shape& shape) {
  Matrix matrix{1, shape.back()};
  for (int axis = 0; axis < shape.rank() - 1; ++axis) {
    matrix.rows = shape[axis] < 0 || matrix.rows < 0 ? -1 : matrix.rows * shape[axis];
  }
  return matrix;
}

bool differ(int64_t x, int64_t y) {
  return x >= 0 && y >= 0 && x != y;
}

void check_operands(const char* op, const Spec& a, const Spec& b) {
  if (a.dtype != b.dtype) fail<TypeError>(op, "x is ", name(a.dtype), ", w is ", name(b.dtype));
  float_index(op, a.dtype);
  if (a.shape.rank() < 2 || b.shape.rank() < 2) {
    fail<ValueError>(op, "needs matrices (x: ", a.shape, ", w: ", b.shape, ")");
  }
}

void check_inner(const char* op, const Spec& a, const Spec& b, Matrix x, Matrix w,
                 const GemmOptions& options) {
  const int64_t inner_x = options.trans_a ? x.rows : x.columns;
  const int64_t inner_w = options.trans_b ? w.columns : w.rows;
  if (differ(inner_x, inner_w)) {
    fail<ValueError>(op, "inner dimensions differ: x has ", inner_x,
                     options.trans_a ? " rows" : " columns", ", w has ", inner_w,
                     options.trans_b ? " columns" : " rows", " (x: ", a.shape, ", w: ", b.shape,
                     ")");
  }
}

GemmArgs make_args(Matrix a, Matrix b, const GemmOptions& options) {
  GemmArgs args = {};
  args.a_row = options.trans_a ? 1 : a.columns;
  args.a_col = options.trans_a ? a.columns : 1;
  args.b_row = options.trans_b ? 1 : b.columns;
  args.b_col = options.trans_b ? b.columns : 1;
  args.m = options.trans_a ? a.columns : a.rows;
  args.k = options.trans_a ? a.rows : a.columns;
  args.n = options.trans_b ? b.rows : b.columns;
  args.y_row = args.n;
  args.activation = options.activation;
  args.alpha = options.alpha;
  return args;
}

void launch_gemm(const char* op, Kernel<GemmArgs> kernel, const GemmArgs& args, double work,
                 const Tensor& a, const Tensor& b, const Tensor* bias, const Tensor& y,
                 const Tensor* workspace, int members) {
  if (bias && workspace) {
    launch(op, kernel, args, work, {&a, &b, bias}, {&y, workspace}, {members});
  } else if (bias) {
    launch(op, kernel, args, work, {&a, &b, bias}, {&y});
  } else if (workspace) {
    launch(op, kernel, args, work, {&a, &b}, {&y, workspace}, {members});
  } else {
    launch(op, kernel, args, work, {&a, &b}, {&y});
  }
}

// Nanoseconds on one thread at about 100 GFLOP/s in float32, plus the traffic of the operands.
double estimated_work(const GemmArgs& g, int index) {
  const auto m = static_cast<double>(g.m);
  const auto n = static_cast<double>(g.n);
  const auto k = static_cast<double>(g.k);
  return (index + 1) * (0.02 * m * n * k + 0.03 * (m * k + k * n + m * n));
}

}  // namespace

Spec gemm_spec(const char* op, const Spec& a, const Spec& b, const Spec* bias,
               const GemmOptions& options) {
  check_operands(op, a, b);
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

  const int index = float_index(op, a.dtype());
  GemmArgs args = make_args(flattened(a.shape()), flattened(b.shape()), options);
  args.a = a.data();
  args.b = b.data();
  args.bias = bias ? bias->data() : nullptr;
  args.y = y.data();
  const GemmKernels& kernels = gemm_kernels_variants.current();
  const double work = estimated_work(args, index);
  args.workspace_bytes = kernels.workspace_bytes[index](args);
  if (args.workspace_bytes == 0) {
    launch_gemm(op, kernels.run[index], args, work, a, b, bias, y, nullptr, 0);
  } else {
    const int members = team_size(work);
    const Tensor workspace(Shape{args.workspace_bytes * members}, DType::kU8);
    args.workspace = workspace.data();
    launch_gemm(op, kernels.run[index], args, work, a, b, bias, y, &workspace, members);
  }
  return y;
}

Spec batched_gemm_spec(const char* op, const Spec& a, const Spec& b, const GemmOptions& options) {
  check_operands(op, a, b);
  const Matrix x = last_two(a.shape);
  const Matrix w = last_two(b.shape);
  check_inner(op, a, b, x, w, options);
  Shape shape = broadcast_shape(op, a.shape.slice(0, a.shape.rank() - 2),
                                b.shape.slice(0, b.shape.rank() - 2));
  shape.push_back(options.trans_a ? x.columns : x.rows);
  shape.push_back(options.trans_b ? w.rows : w.columns);
  return {shape, a.dtype};
}

Tensor batched_gemm(const char* op, const Tensor& a, const Tensor& b, const GemmOptions& options) {
  Tensor y(batched_gemm_spec(op, a.spec(), b.spec(), options));
  if (y.numel() == 0) return y;

  const int index = float_index(op, a.dtype());
  GemmArgs args = make_args(last_two(a.shape()), last_two(b.shape()), options);
  const GemmKernels& kernels = gemm_kernels_variants.current();
  const double work = estimated_work(args, index);
  args.workspace_bytes = kernels.workspace_bytes[index](args);
  // One workspace serves all batches; an empty one keeps a cache line.
  const int members = team_size(work);
  const int64_t bytes = args.workspace_bytes * members;
  const Tensor workspace(Shape{bytes > 0 ? bytes : 64}, DType::kU8);
  args.workspace = workspace.data();

  const auto item = static_cast<int64_t>(item_size(a.dtype()));
  const int batch_rank = y.rank() - 2;
  const int64_t count = y.numel() / (args.m * args.n);
  for (int64_t i = 0; i < count; ++i) {
    // Matrix i of y, and the matrices of a and b that broadcasting puts there.
    int64_t at_a = 0;
    int64_t at_b = 0;
    int64_t step_a = args.m * args.k * item;
    int64_t step_b = args.k * args.n * item;
    for (int64_t axis = 0, rest = i; axis < batch_rank; ++axis) {
      const int from_last = static_cast<int>(axis) + 3;
      const int64_t dim = y.shape()[batch_rank - 1 - static_cast<int>(axis)];
      const int64_t position = rest % dim;
      rest /= dim;
      if (from_last <= a.rank()) {
        const int64_t dim_a = a.shape()[a.rank() - from_last];
        if (dim_a != 1) at_a += position * step_a;
        step_a *= dim_a;
      }
      if (from_last <= b.rank()) {
        const int64_t dim_b = b.shape()[b.rank() - from_last];
        if (dim_b != 1) at_b += position * step_b;
        step_b *= dim_b;
      }
    }
    args.a = static_cast<const char*>(a.data()) + at_a;
    args.b = static_cast<const char*>(b.data()) + at_b;
    args.y = static_cast<char*>(y.data()) + i * args.m * args.n * item;
    launch(op, kernels.run[index], args, work, {&a, &b}, {&y, &workspace}, {members});
  }
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
