// The product of bfloat16 matrices on a device: in the order of its matrix units, not of AMX's.
#include "ops/gemm/matrix_units.cuh"

namespace mark1::cuda {

extern const NarrowGemmKernels bf16_gemm_kernels;
const NarrowGemmKernels bf16_gemm_kernels = {{&queue_narrow<Bf16Format>},
                                             &unit_workspace<Bf16Format>};

}  // namespace mark1::cuda
