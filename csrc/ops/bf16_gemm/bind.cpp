#include "ops/bf16_gemm/bf16_gemm.h"
#include "ops/bf16_gemm/units.h"
#include "ops/gemm/bind_narrow.h"

#include <pybind11/stl.h>

namespace mark1 {

void bind_bf16_gemm(OpModule& module) {
  bind_narrow_gemm(module, "bf16_gemm", &bf16_gemm, "batched_bf16_gemm", &batched_bf16_gemm, kBF16);
  module.def("bf16_units", &bf16_units);
  module.def("set_bf16_unit", &set_bf16_unit);
}

}  // namespace mark1
