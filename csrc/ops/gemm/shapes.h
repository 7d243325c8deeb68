// What tensors have to be to be multiplied, and how a matrix product sees them.
#pragma once

#include "core/error.h"
#include "ops/gemm/gemm.h"

namespace mark1 {

// Rows and columns of one operand: as it lies, or with leading axes counted as rows.
struct Matrix {
  int64_t rows;
  int64_t columns;
};

inline Matrix last_two(const Shape& shape) {
  return {shape[shape.rank() - 2], shape.back()};
}

inline Matrix flattened(const Shape& shape) {
  Matrix matrix{1, shape.back()};
  for (int axis = 0; axis < shape.rank() - 1; ++axis) {
    matrix.rows = shape[axis] < 0 || matrix.rows < 0 ? -1 : matrix.rows * shape[axis];
  }
  return matrix;
}

inline bool differ(int64_t x, int64_t y) {
  return x >= 0 && y >= 0 && x != y;
}

inline void check_matrices(const char* op, const Spec& a, const Spec& b) {
  if (a.dtype != b.dtype) fail<TypeError>(op, "x is ", name(a.dtype), ", w is ", name(b.dtype));
  float_index(op, a.dtype);
  if (a.shape.rank() < 2 || b.shape.rank() < 2) {
    fail<ValueError>(op, "needs matrices (x: ", a.shape, ", w: ", b.shape, ")");
  }
}

inline void check_inner(const char* op, const Spec& a, const Spec& b, Matrix x, Matrix w,
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

inline GemmArgs gemm_args(Matrix a, Matrix b, const GemmOptions& options) {
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
  args.batch.count = 1;
  return args;
}

// Strides, sizes and batches of batched_gemm, without operands; y has the result's shape.
GemmArgs batched_gemm_args(const Shape& a, const Shape& b, const Shape& y,
                           const GemmOptions& options);

}  // namespace mark1
