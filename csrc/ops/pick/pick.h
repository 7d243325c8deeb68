// pick: out[r] = x[r, index[r]]; place: out[r, index[r]] = x[r], zero elsewhere.
//
//   pick   x (rows, n), index (rows) int32  ->  (rows)
//   place  x (rows), index (rows) int32, n  ->  (rows, n)
//
// Each is the other's gradient. Indices come from argmax and are trusted to be in range.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct PickArgs {
  const void* x;
  const int32_t* index;
  void* out;
  int64_t rows;
  int64_t n;
};

struct PickKernels {
  Kernel<PickArgs> pick[2];  // float32, float64
  Kernel<PickArgs> place[2];
};

Tensor pick(const Tensor& x, const Tensor& index);
Tensor place(const Tensor& x, const Tensor& index, int64_t n);

}  // namespace mark1
