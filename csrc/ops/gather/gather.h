// gather: rows of x by index; scatter_add: rows added up where an index says.
//
//   x (N, ...), indices any shape of int32 or int64  ->  indices.shape + x.shape[1:]
//   scatter_add: dy of that shape, N  ->  (N, ...), row i the sum of the rows of dy whose index is
//   i, ascending by position from +0
//
// An index outside [0, N) is an error that names it. Within a replayed program nobody can raise
// one: the kernel leaves its position in `wrong`, writes zeros for the row, and goes on.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct GatherArgs {
  const void* x;
  const void* indices;
  void* out;
  int64_t* wrong;    // the first position whose index is out of range, or -1; null: not wanted
  int64_t rows;      // N
  int64_t count;     // indices
  int64_t row_size;  // elements; gather: bytes
  void* scratch;     // of a device that adds up many rows; else null
};

struct GatherKernels {
  Kernel<GatherArgs> gather[2];          // indices int32, int64
  Kernel<GatherArgs> scatter_add[2][2];  // [indices][float32, float64]
};

// Fills target with `count` rows from `begin` of data, or with those that order, which is trusted,
// names there: how a program gets its next batch.
void load_rows(const Tensor& data, const Tensor& order, int64_t begin, int64_t count, void* target);

Tensor gather(const Tensor& x, const Tensor& indices);
// `row` is the shape of one row; dy has the shape indices.shape + row.
Tensor scatter_add(const Tensor& dy, const Tensor& indices, int64_t rows);

}  // namespace mark1
