// full: every element of a new tensor is one value.
//
//   value  a tensor of one element
//   out    any shape, value's dtype
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct FillArgs {
  void* out;
  int64_t n;
  uint64_t pattern;  // the element's bytes, in its low bits
};

struct FillKernels {
  Kernel<FillArgs> fill[3];  // elements of 1, 4, 8 bytes
};

// 0, 1, 2 for elements of 1, 4, 8 bytes: how kernels that only move bytes are indexed.
inline int size_index(DType dtype) {
  const size_t size = item_size(dtype);
  return size == 1 ? 0 : (size == 4 ? 1 : 2);
}

Tensor full(const Shape& shape, const Tensor& value);

}  // namespace mark1
