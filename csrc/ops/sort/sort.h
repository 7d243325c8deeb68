// argsort: in which order the elements of each row stand when they are sorted.
//
//   x (..., n) of any dtype  ->  int32 (..., k), the first k of n places
//
// The order is stable: of equal elements the first comes first, ascending or descending. Zeros of
// either sign are equal; NaN are equal to each other and greater than everything else.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct SortArgs {
  const void* x;
  int32_t* out;
  char* scratch;  // scratch_bytes for each member
  int64_t scratch_bytes;
  int64_t rows;
  int64_t n;
  int64_t k;
  bool descending;
};

struct SortKernels {
  Kernel<SortArgs> argsort[4];  // float32, float64, int32, int64
};

// Scratch memory that one member needs: keys and places of a row, twice.
inline int64_t sort_scratch(int64_t n) {
  return (n + 8) / 8 * 8 * 2 * static_cast<int64_t>(sizeof(uint64_t) + sizeof(int32_t));
}

Tensor argsort(const Tensor& x, bool descending, int64_t k);

}  // namespace mark1
