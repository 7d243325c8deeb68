// gemm: y = activation(op(a) @ op(b) + bias), op = the matrix or its transpose.
//
//   a     (..., m, k): leading axes are rows too; transposed: a is (..., k), m its last axis
//   b     (k, n), transposed (n, k); under a transposed a also (..., n)
//   bias  (n), optional
//   y     (..., m, n), row-major; never aliases an operand
//
// Backward: da = dy @ b^T, db = a^T @ dy, dbias = sum of dy over its rows. All are gemm and reduce.
#pragma once

#include "core/kernel.h"
#include "core/shape.h"
#include "core/tensor.h"

namespace mark1 {

// Applied in place to a block of finished outputs while it is in cache.
using GemmActivation = void (*)(void* y, int64_t ld, int64_t rows, int64_t cols, double alpha);

// Many products of one shape: which matrix of each operand belongs to product i. Axes are counted
// row-major, and as few as describe the walk; a step of 0 repeats a matrix.
struct GemmBatch {
  int64_t count;
  int64_t axes;
  int64_t size[Shape::kMaxRank];
  int64_t a_step[Shape::kMaxRank];
  int64_t b_step[Shape::kMaxRank];
  int64_t y_step[Shape::kMaxRank];
};

// Strides count elements; a transposed operand is one whose strides are swapped. The rows of y are
// contiguous.
struct GemmArgs {
  const void* a;  // (m, k)
  int64_t a_row;
  int64_t a_col;
  const void* b;  // (k, n)
  int64_t b_row;
  int64_t b_col;
  void* y;  // (m, n)
  int64_t y_row;
  const void* bias;  // (n) or null
  int64_t m;
  int64_t n;
  int64_t k;
  GemmActivation activation;  // null: linear
  double alpha;
  void* workspace;  // 64-byte aligned; each member of the team owns workspace_bytes of it
  int64_t workspace_bytes;
  GemmBatch batch;
};

namespace {

// Where the matrices of a product lie, in elements from those of product 0.
struct GemmPlace {
  int64_t a = 0;
  int64_t b = 0;
  int64_t y = 0;
};

MARK1_DEVICE inline GemmPlace place_of(const GemmBatch& batch, int64_t i) {
  GemmPlace place;
  for (int64_t axis = batch.axes - 1; axis >= 0; --axis) {
    const int64_t position = i % batch.size[axis];
    i /= batch.size[axis];
    place.a += position * batch.a_step[axis];
    place.b += position * batch.b_step[axis];
    place.y += position * batch.y_step[axis];
  }
  return place;
}

}  // namespace

// The order of every sum over k: one chain of fused multiply-adds from +0 per chunk, chunk totals
// added ascending within a group, group totals ascending; the first total starts the sum.
inline constexpr int64_t kGemmChunk = 256;
inline constexpr int64_t kGemmGroup = 64 * kGemmChunk;

struct GemmKernels {
  Kernel<GemmArgs> run[2];
  // Workspace that each member needs for this problem, whatever the size of the team; on a device
  // what all need together.
  int64_t (*workspace_bytes[2])(const GemmArgs& args);
};

struct GemmOptions {
  bool trans_a = false;
  bool trans_b = false;
  GemmActivation activation = nullptr;
  double alpha = 0;
};

// Shape rule; accepts unknown dimensions. `op` is the name errors carry; bias may be null.
Spec gemm_spec(const char* op, const Spec& a, const Spec& b, const Spec* bias,
               const GemmOptions& options);

Tensor gemm(const char* op, const Tensor& a, const Tensor& b, const Tensor* bias,
            const GemmOptions& options);

// Finds workspace for a product whose operands are in args, and launches it.
void launch_gemm(const char* op, GemmArgs& args, const Tensor& a, const Tensor& b,
                 const Tensor* bias, const Tensor& y);

// One product per pair of matrices: leading axes are batches, which broadcast together.
Spec batched_gemm_spec(const char* op, const Spec& a, const Spec& b, const GemmOptions& options);

Tensor batched_gemm(const char* op, const Tensor& a, const Tensor& b, const GemmOptions& options);

// NumPy's rules: gemm where w is a matrix, else batched_gemm; a vector counts as a row on the left
// and as a column on the right, and its axis is left out of the result.
Spec matmul_spec(const Spec& x, const Spec& w);

Tensor matmul(const Tensor& x, const Tensor& w);

}  // namespace mark1
