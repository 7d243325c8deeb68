// The kernel tables of this extension by name.
#pragma once

#include <cstddef>

namespace mark1::gpu {

// Null if there is none of this name and size.
const void* kernel_table(const char* name, size_t bytes);

}  // namespace mark1::gpu
