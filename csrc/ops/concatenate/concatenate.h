// concatenate: tensors one behind the other along an axis; roll: one tensor, its end in front.
//
//   concatenate  x_0 (..., n_0, ...), x_1 (..., n_1, ...), ...  ->  (..., n_0 + n_1 + ..., ...)
//   roll         out[..., (i + shift) mod n, ...] = x[..., i, ...]
//
// Any dtype, the same for all; no arithmetic. Seen from the axis, a tensor is rows of bytes, and a
// row of the output is made of a piece of a row of each.
#pragma once

#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

// Pieces of `bytes` bytes, `stride` bytes from one row's to the next's.
struct Piece {
  const char* x;
  int64_t stride;
  int64_t bytes;
};

// More inputs than this take several launches, each of which writes its part of every row.
inline constexpr int kMostPieces = 16;

struct ConcatenateArgs {
  Piece pieces[kMostPieces];
  char* out;
  int64_t rows;
  int64_t stride;  // bytes from row to row of out
  int64_t start;   // where in a row the first piece goes
  int64_t width;   // bytes of all pieces of a row
  int count;
  bool stream;  // out is far larger than the caches: written past them
};

struct ConcatenateKernels {
  Kernel<ConcatenateArgs> concatenate;
};

Tensor concatenate(const std::vector<Tensor>& xs, int64_t axis);
Tensor roll(const Tensor& x, int64_t shift, int64_t axis);

}  // namespace mark1
