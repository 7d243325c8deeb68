// argsort: in which order the elements of each row stand when they are sorted; sort: these
// elements.
//
//   argsort  x (..., n) of any dtype  ->  int32 (..., k), the first k of n places
//   sort     x (..., n) of any dtype  ->  the same, ascending
//
// The order is stable: of equal elements the first comes first, ascending or descending. Zeros of
// either sign are equal; NaN are equal to each other and greater than everything else.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

struct SortArgs {
  const void* x;
  void* out;
  char*
      scratch;  // scratch_bytes for each member; on a device for rows that a block has no room for
  int64_t scratch_bytes;
  int64_t rows;
  int64_t n;
  int64_t k;  // this and the next one: argsort only
  bool descending;
};

struct SortKernels {
  Kernel<SortArgs> argsort[4];  // float32, float64, int32, int64
  Kernel<SortArgs> sort[4];
};

// Rows of up to so many elements are sorted side by side, a vector for each element.
inline constexpr int64_t kNetworkElements = 8192;

// On a device longer rows take several blocks, and scratch memory: 48 KB with keys of 8 bytes.
inline constexpr int64_t kLongestInBlock = 4096;

// Scratch memory that one member needs: keys and places of a row, twice, or a row of vectors.
inline int64_t sort_scratch(int64_t n) {
  const int64_t keys = 2 * static_cast<int64_t>(sizeof(uint64_t) + sizeof(int32_t));
  return n <= kNetworkElements ? (n + 15) / 16 * 16 * 64 : (n + 8) / 8 * 8 * keys;
}

Tensor argsort(const Tensor& x, bool descending, int64_t k);
Tensor sort(const Tensor& x);

}  // namespace mark1
