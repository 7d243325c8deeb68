// layer_norm, rms_norm, unit_norm: rows brought to a standard size, and their gradients.
//
//   x, y, dy, dx               (rows, n): any shape, of which the last axes make a row
//   scale, offset              (n), or none: ones, zeros
//   stats                      (2, rows): m and r of each row, kept for the gradient
//
//   layer_norm  m = sum(x) / n, v = sum((x - m)^2) / n, r = 1 / sqrt(v + epsilon)
//   rms_norm    m = 0,          v = sum(x^2) / n,       r = 1 / sqrt(v + epsilon)
//   unit_norm   m = 0,          v = sum(x^2),           r = min(1 / sqrt(v), 1 / epsilon)
//   all         h = (x - m) r,  y = fma(h, scale, offset)
//
//   backward    g = dy scale, a = sum(g) / n, b = sum(g h) / n
//               dx = r fma(h, -b, g - a)   layer_norm; the others without a, unit_norm without / n
//                                          in b, which is 0 where r is 1 / epsilon
//               dscale = sum of fma(dy, h, ...), doffset = sum of dy, over rows
//
// Sums along a row follow the row rule, those over rows the column rule. Outputs never alias
// inputs.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class RowNorm : int { kLayer, kRms, kUnit };
inline constexpr int kRowNorms = 3;
inline constexpr int64_t kNormChunk = 256;

struct LayerNormArgs {
  const void* x;
  const void* dy;
  const void* scale;   // or null
  const void* offset;  // or null
  void* stats;
  void* out;      // y or dx
  void* dscale;   // or null
  void* doffset;  // or null
  void* totals;   // (chunks of rows, 2, n)
  int64_t rows, n;
  double epsilon;
  bool stream;  // write `out` past the caches
};

// [RowNorm][dtype].
struct LayerNormKernels {
  Kernel<LayerNormArgs> forward[kRowNorms][2];
  Kernel<LayerNormArgs> backward[kRowNorms][2];
};

struct RowNormed {
  Tensor y, stats;
};
struct RowNormGradients {
  Tensor dx, dscale, doffset;  // the last two only if asked for
};

// axes: how many of the last axes of x make a row.
RowNormed row_norm(RowNorm kind, const Tensor& x, const Tensor* scale, const Tensor* offset,
                   int axes, double epsilon);
RowNormGradients row_norm_backward(RowNorm kind, const Tensor& dy, const Tensor& x,
                                   const Tensor* scale, const Tensor& stats, int axes,
                                   bool with_offset, double epsilon);

}  // namespace mark1
