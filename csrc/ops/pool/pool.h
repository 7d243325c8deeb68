// pool: the greatest or the average element of each window that slides over 1 to 3 axes.
//
//   x    (N, spatial..., C), float32 or float64
//   out  (N, windows..., C)
//
// "valid": only windows inside x, (size - window) / stride + 1 of them. "same": ceil(size / stride)
// windows; the padding this takes, (windows - 1) * stride + window - size, lies half before the
// axis and half after it, the odd one after. Elements in the padding are not there: they neither
// win nor count.
//
//   max_pool              the greatest of the window; the first in row-major order wins a tie, NaN
//                         wins over all; index: its place in the window, padding included
//   max_pool_backward     dx_i = sum over the windows o that hold i, in row-major order, of
//                         (index_o is i ? dy_o : 0); the first term starts the sum; none: +0.
//                         With `pooled`, the results for an x that relu had made, the gradient of
//                         what relu was given, where no windows overlap: dy_o (pooled_o > 0 ? 1 :
//                         0) for dy_o
//   max_pool_gather       out_o = g at the place of window o's winner: the adjoint of the above
//   average_pool          sum over the window in row-major order, first element first, / their
//   number average_pool_backward dx_i = sum over the windows that hold i of dy_o * (1 / number_o),
//   as above
//
// index is uint8 for windows of at most 256 elements, else int32. Outputs never alias inputs.
#pragma once

#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

inline constexpr int kPoolAxes = 3;

// One spatial axis.
struct PoolAxis {
  int64_t size;  // of x
  int64_t windows;
  int64_t window, stride;
  int64_t before;  // padding
};

struct PoolArgs {
  const void* in;      // x, dy or g
  void* out;           // y or dx
  void* index;         // of windows; written by max_pool
  const void* pooled;  // of max_pool_backward, or null
  int64_t batch, channels;
  PoolAxis axis[kPoolAxes];  // absent ones come first, with ones everywhere
  bool stream;               // write past the caches
};

// [dtype], or [dtype][index is int32].
struct PoolKernels {
  Kernel<PoolArgs> max_pool[2][2];
  Kernel<PoolArgs> max_pool_backward[2][2];
  Kernel<PoolArgs> max_pool_gather[2][2];
  Kernel<PoolArgs> average_pool[2];
  Kernel<PoolArgs> average_pool_backward[2];
};

// One number per spatial axis.
struct PoolWindows {
  std::vector<int64_t> size, strides;
  bool same;
};

struct MaxPooled {
  Tensor out, index;
};

// Shape rule; accepts unknown dimensions.
Shape pool_shape(const char* op, const Shape& x, const PoolWindows& windows);

MaxPooled max_pool(const Tensor& x, const PoolWindows& windows);
// shape: that of x.
Tensor max_pool_backward(const Tensor& dy, const Tensor& index, const Shape& shape,
                         const PoolWindows& windows, const Tensor* pooled = nullptr);
// What its kernel is told of shapes and of `pooled`, checked.
PoolArgs max_pool_backward_args(const char* op, const Tensor& dy, const Tensor& index,
                                const Shape& shape, const PoolWindows& windows,
                                const Tensor* pooled);
Tensor max_pool_gather(const Tensor& g, const Tensor& index, const PoolWindows& windows);
Tensor average_pool(const Tensor& x, const PoolWindows& windows);
Tensor average_pool_backward(const Tensor& dy, const Shape& shape, const PoolWindows& windows);

}  // namespace mark1
