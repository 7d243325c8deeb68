// moments: logsumexp, variance and Euclidean norm over axes, in one pass over memory.
//
//   x    any shape, float32 or float64; axes any subset of its axes
//   out  x's shape without the axes (size 1 with keepdims)
//
// The elements of an output are cut as those of a sum are (op `reduce`): segments of 4,096 along a
// row, chunks of 256 rows. Each piece gives a and, while it is in the cache, b; sums and maxima in
// the order of the sum's piece. Pieces are then put together, in groups of 64 where they add up.
//
//   logsumexp  a = max x, b = sum exp(x - f(a)), f(a) being a, or 0 where a is not finite
//              A = max of all a, B = sum of b exp(a - f(A)), out = log(B) + f(A)
//   variance   a = sum x / n of the piece, b = sum (x - a)^2; merged by Chan's formula, left with
//              right (op `batch_norm`); out = B / n
//   norm       a = max |x|, b = sum (x s(a))^2, s(a) being 1 for a from 2^-40 to 2^40 (double:
//              2^-400 to 2^400), else about 1 / a, a power of two; so no square over- or underflows
//              A = max of all a, B = sum of (b q) q, q = s(A) / s(a), out = sqrt(B) / s(A)
#pragma once

#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class Moment : int { kLogSumExp, kVariance, kNorm };
inline constexpr int kMoments = 3;

inline constexpr int64_t kMomentSegment = 4096;
inline constexpr int64_t kMomentChunk = 256;

// x is (outer, n) for rows, (outer, n, columns) for columns; n is reduced.
struct MomentArgs {
  const void* x;
  void* out;
  void* totals;  // a and b: rows (outer, pieces, 2), columns (outer, pieces, 2, columns)
  int64_t outer, n, columns;
};

// [Moment][dtype].
struct MomentsKernels {
  Kernel<MomentArgs> rows[kMoments][2], columns[kMoments][2];
};

// Integers are converted to float32. logsumexp of nothing is an error.
Tensor moment(Moment kind, const Tensor& x, const std::vector<int64_t>& axes, bool keepdims);

}  // namespace mark1
