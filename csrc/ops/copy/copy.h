// copy: the elements of x in another arrangement.
//
//   transpose     out[i_0, ..., i_k] = x[..] with axis a of out being axis axes[a] of x
//   broadcast_to  x repeated along the axes in which `shape` is larger, as in NumPy
//   slice         out[i_0, ..] = x[start_0 + i_0 * step_0, ..]
//   paste         the opposite: zeros of `shape` with x at start_0 + i_0 * step_0, ..
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
  int64_t out_size;   // paste: elements of the whole output, the rest of which becomes zero
  int64_t out_start;  // paste: where the first element goes
  bool stream;        // copy: out is far larger than the caches: written past them
};

struct CopyKernels {
  Kernel<CopyArgs> copy[3];   // elements of 1, 4, 8 bytes
  Kernel<CopyArgs> paste[3];  // x is row-major of `shape`, strides are out's
};

Tensor transpose(const Tensor& x, const std::vector<int64_t>& axes);
Tensor broadcast_to(const Tensor& x, const Shape& shape);

// Where a slice of one axis begins, its step (not 0) and its length.
struct Cut {
  int64_t start;
  int64_t step;
  int64_t length;
};
Tensor slice(const Tensor& x, const std::vector<Cut>& cuts);
Tensor paste(const Tensor& x, const Shape& shape, const std::vector<Cut>& cuts);

}  // namespace mark1
