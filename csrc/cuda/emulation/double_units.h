// Matrix units for float64 on the processor: chains of fused multiply-adds, or what a test asks for
// instead by MARK1_CUDA_EMULATION_FAULT=units:KIND (see double_units.cpp).
#pragma once

#include "cuda/emulation/block.h"

namespace mark1::gpu {

void multiply_double(double (&c)[4], const double (&a)[4], const double (&b)[2]);
// "units:none" is a device without them.
const char* no_double_units();
inline int device_in_use() {
  return 0;
}

}  // namespace mark1::gpu
