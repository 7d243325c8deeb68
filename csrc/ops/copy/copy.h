// copy: the elements of x in another arrangement.
//
//   transpose     out[i_0, ..., i_k] = x[..] with axis a of out being axis axes[a] of x
//   broadcast_to  x repeated along the axes in which `shape` is larger, as in NumPy
//
// Any dtype; no arithmetic. When nothing moves the result is a view of x.
#pragma once

#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

// out is row-major of `shape`; strides, in elements, say where x holds each of its elements.
// Collapsed: as few axes as describe the walk, none of size 1 unless it is the only one.
struct CopyArgs {
  const void* x;
  void* out;
  int64_t shape[Shape::kMaxRank];
  int64_t strides[Shape::kMaxRank];
  int rank;
};

struct CopyKernels {
  Kernel<CopyArgs> copy[3];  // elements of 1, 4, 8 bytes
};

Tensor transpose(const Tensor& x, const std::vector<int64_t>& axes);
Tensor broadcast_to(const Tensor& x, const Shape& shape);

}  // namespace mark1
