// The formats of 16 bits: dtypes of storage, for which only cast and products have kernels. They
// lie beyond kDTypes, by which the tables of the other operations are indexed.
#pragma once

#include "core/bfloat16.h"
#include "core/half.h"

namespace mark1 {

inline constexpr int kAllDTypes = kDTypes + 2;

inline bool is_narrow(DType dtype) {
  return dtype == kBF16 || dtype == kF16;
}

// Whether there ever was a tensor of 16 bits: as long as there was none, nobody looks for one.
bool narrow_seen();

// Whether a dtype has gradients.
inline bool is_real(DType dtype) {
  return is_float(dtype) || is_narrow(dtype);
}

// Public operations widen such tensors before they come to an op that has no kernel for them.
inline void refuse_narrow(const char* op, DType dtype) {
  if (is_narrow(dtype)) {
    fail<TypeError>(op, "does not take ", name(dtype), ". Convert with cast(x, 'float32')");
  }
}

}  // namespace mark1
