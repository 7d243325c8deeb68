#include "ops/f16_gemm/f16_gemm.h"
#include "ops/gemm/bind_narrow.h"

namespace mark1 {

void bind_f16_gemm(OpModule& module) {
  bind_narrow_gemm(module, "f16_gemm", &f16_gemm, "batched_f16_gemm", &batched_f16_gemm, kF16);
}

}  // namespace mark1
