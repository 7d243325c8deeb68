// How much memory the emulated device has.
#pragma once

#include <cstddef>

namespace mark1::gpu {

void set_memory(size_t bytes);

}  // namespace mark1::gpu
