// What is done about indices out of range, which kernels find on their way.
#pragma once

#include "core/tensor.h"

namespace mark1 {

// After the kernel that has left the first bad position, or -1, in `wrong`: ValueError that names
// the index, which is none of n `things`.
void check_indices(const char* op, const char* things, const Tensor& indices, const Tensor& wrong,
                   int64_t n);

}  // namespace mark1
