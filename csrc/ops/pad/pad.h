// pad: x with more elements at the ends of its axes.
//
//   x (n_0, n_1, ...)  ->  (before_0 + n_0 + after_0, before_1 + n_1 + after_1, ...)
//   constant   the new elements are one value
//   reflect    x mirrored at its first and last element: c b | a b c | b a
//   symmetric  x mirrored at its ends:                   b a | a b c | c b
//
// Any dtype; no arithmetic.
#pragma once

#include <string>
#include <vector>

#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

enum class PadMode : int { kConstant, kReflect, kSymmetric };

// Axes without padding are merged with the one before them: the last axis has elements of `block`
// elements of x, and only it may have blocks.
struct PadArgs {
  const void* x;
  void* out;
  uint64_t pattern;                // constant: the value's bytes, in the low bits
  int64_t shape[Shape::kMaxRank];  // of x, the last in blocks
  int64_t before[Shape::kMaxRank];
  int64_t after[Shape::kMaxRank];
  int64_t block;
  int rank;
  PadMode mode;
  bool stream;  // out is far larger than the caches: written past them
};

struct PadKernels {
  Kernel<PadArgs> pad[3];  // elements of 1, 4, 8 bytes
};

struct PadWidth {
  int64_t before;
  int64_t after;
};
// `value` has one element of x's dtype; it is looked at in constant mode only.
Tensor pad(const Tensor& x, const std::vector<PadWidth>& widths, const std::string& mode,
           const Tensor& value);

}  // namespace mark1
