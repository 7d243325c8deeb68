// What multiplies bfloat16 matrices here: vectors of float32, or units made for it.
#pragma once

#include <string>
#include <vector>

#include "ops/bf16_gemm/bf16_gemm.h"

namespace mark1 {

// The kernels in force. With AVX-512 there may be three, of the same bits; one that the processor
// lacks, or whose bits are not those of fused multiply-adds in a test on this machine, is not used.
const NarrowGemmKernels& bf16_gemm_kernels();

// What there is with AVX-512, best last: "fma", "dot" (VDPBF16PS), "tile" (AMX).
std::vector<std::string> bf16_units();
// Forces one of them, or with "" the best; tests compare them.
void set_bf16_unit(const std::string& name);

}  // namespace mark1
