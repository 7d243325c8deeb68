// The product of float16 matrices on a device, in the order of its matrix units.
#include "ops/gemm/matrix_units.cuh"

namespace mark1::cuda {

extern const NarrowGemmKernels f16_gemm_kernels;
const NarrowGemmKernels f16_gemm_kernels = {{&queue_narrow<F16Format>}, &unit_workspace<F16Format>};

}  // namespace mark1::cuda
