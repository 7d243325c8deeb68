// The loop of paste, the opposite of a strided copy.
#pragma once

#include "ops/copy/copy.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Zeros first, each member its share; then the elements, once all zeros are written.
template <class T>
MARK1_DEVICE void paste(const CopyArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const Range zeros = static_range(args.out_size, 64, team);
  for (int64_t i = zeros.begin; i < zeros.end; ++i) out[i] = 0;
  team.barrier();
  const int inner = args.rank - 1;
  const int64_t n = args.shape[inner];
  const int64_t stride = args.strides[inner];
  int64_t rows = n > 0 ? 1 : 0;
  for (int axis = 0; axis < inner; ++axis) rows *= args.shape[axis];
  // A single row is shared as well.
  const Range range = static_range(rows, 1, team);
  const Range part = rows == 1 ? static_range(n, 64, team) : Range{0, n};
  for (int64_t r = rows == 1 ? 0 : range.begin; r < (rows == 1 ? 1 : range.end); ++r) {
    T* to = out + args.out_start;
    for (int64_t axis = inner - 1, rest = r; axis >= 0; --axis) {
      to += rest % args.shape[axis] * args.strides[axis];
      rest /= args.shape[axis];
    }
    const T* from = x + r * n;
    if (stride == 1) {
      __builtin_memcpy(to + part.begin, from + part.begin,
                       static_cast<size_t>(part.end - part.begin) * sizeof(T));
    } else {
      for (int64_t i = part.begin; i < part.end; ++i) to[i * stride] = from[i];
    }
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
