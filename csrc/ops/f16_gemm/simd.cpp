// Vectors have no product of float16 that is faster than casts and gemm, which f16_gemm.cpp calls.
#include "ops/gemm/narrow.h"

namespace mark1 {
namespace MARK1_ISA {

extern const NarrowGemmKernels f16_gemm_kernels;
const NarrowGemmKernels f16_gemm_kernels = {{nullptr}, nullptr};

}  // namespace MARK1_ISA
}  // namespace mark1
