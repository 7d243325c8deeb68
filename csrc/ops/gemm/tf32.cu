// The product of float32 matrices in tensorfloat32, which is off until it is asked for.
#include "ops/gemm/matrix_units.cuh"

namespace mark1::cuda {

extern const NarrowGemmKernels tf32_gemm_kernels;
const NarrowGemmKernels tf32_gemm_kernels = {{&queue_narrow<Tf32Format>},
                                             &unit_workspace<Tf32Format>};

}  // namespace mark1::cuda
