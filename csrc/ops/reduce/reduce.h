// reduce: sum, mean, max, min, product over axes; argmax, argmin.
//
//   x    any shape; axes any subset of its axes
//   out  x's shape without the axes (size 1 with keepdims); argmax, argmin: int32
//
// Order of a sum. The last axis is reduced: the row rule over the reduced elements in row-major
// order - segments of 4,096, in a segment lane = index mod 32, each lane ascending from +0, lanes
// folded by halving (i with i + 16, then 8, 4, 2, 1), segment totals ascending in groups of 64.
// Otherwise the column rule - chunks of 256 rows, in a chunk ascending from +0, chunk totals
// ascending in groups of 64. The first total starts a sum. The sum of nothing is +0.
// A product is taken in the same order, lanes and chunks starting from 1. mean = sum / n, one
// division. max, min: the first in row-major order wins a tie (so the sign of a zero is defined),
// NaN wins over all; of nothing: an error.
#pragma once

#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class Reduction : int { kSum, kMax, kMin, kProduct };
inline constexpr int kReductions = 4;

inline constexpr int64_t kReduceSegment = 4096;
inline constexpr int64_t kReduceChunk = 256;
inline constexpr int64_t kReduceGroup = 64;

// x is (outer, n) for rows, (outer, n, columns) for columns; n is reduced.
struct ReduceArgs {
  const void* x;
  void* out;
  void* totals;  // rows: (outer, segments); columns: (outer, chunks, columns)
  int64_t outer;
  int64_t n;
  int64_t columns;
  bool mean;
};

struct ArgReduceArgs {
  const void* x;    // (rows, n)
  int32_t* out;     // (rows)
  int32_t* totals;  // (rows, segments), on a device
  int64_t rows;
  int64_t n;
};

// Element types: int32, int64, float32, float64; see reduce_index.
struct ReduceKernels {
  Kernel<ReduceArgs> rows[kReductions][4];
  Kernel<ReduceArgs> columns[kReductions][4];
  Kernel<ArgReduceArgs> arg_max[4];
  Kernel<ArgReduceArgs> arg_min[4];
};

// bool and uint8 are summed as int32. mean: of integers as float32.
Tensor sum(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims);
Tensor mean(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims);
Tensor max(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims);
Tensor min(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims);
Tensor prod(const Tensor& x, const std::vector<int64_t>& axes, bool keepdims);
// Over one axis of x.
Tensor argmax(const Tensor& x, int64_t axis, bool keepdims);
Tensor argmin(const Tensor& x, int64_t axis, bool keepdims);

}  // namespace mark1
