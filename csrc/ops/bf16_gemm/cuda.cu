// Devices have no kernel for this order: their matrix units round in ways of their own.
#include "ops/bf16_gemm/bf16_gemm.h"

namespace mark1::cuda {
namespace {

Bf16Workspace no_workspace(const Bf16GemmArgs&) {
  return {0, 0};
}

}  // namespace

extern const Bf16GemmKernels bf16_gemm_kernels;
const Bf16GemmKernels bf16_gemm_kernels = {{nullptr}, &no_workspace};

}  // namespace mark1::cuda
