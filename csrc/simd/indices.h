// Indices that name nothing.
#pragma once

#include <cstdint>

namespace mark1::MARK1_ISA {
namespace {

// Whether i is from 0 to n - 1.
template <class Index>
MARK1_DEVICE inline bool inside(Index i, int64_t n) {
  return static_cast<uint64_t>(static_cast<int64_t>(i)) < static_cast<uint64_t>(n);
}

// The place of the first index that is not from 0 to n - 1; -1 if all are. Looks at many before it
// decides, which compilers vectorise.
template <class Index>
MARK1_DEVICE inline int64_t first_outside(const Index* indices, int64_t count, int64_t n) {
  constexpr int64_t block = 1024;
  for (int64_t begin = 0; begin < count; begin += block) {
    const int64_t end = count - begin < block ? count : begin + block;
    int64_t wrong = 0;
    for (int64_t i = begin; i < end; ++i) wrong |= !inside(indices[i], n);
    for (int64_t i = begin; wrong && i < end; ++i) {
      if (!inside(indices[i], n)) return i;
    }
  }
  return -1;
}

}  // namespace
}  // namespace mark1::MARK1_ISA
