#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/activation/activation.h"
#include "ops/bf16_gemm/bf16_gemm.h"
#include "ops/bf16_gemm/units.h"

#include <pybind11/stl.h>

namespace mark1 {

void bind_bf16_gemm(OpModule& module) {
  module.def(
      "bf16_gemm",
      [](py::handle a, py::handle b, py::handle bias, bool trans_a, bool trans_b,
         const std::string& op, int activation, py::handle to) {
        const Tensor x = to_tensor(a, kBF16), w = to_tensor(b, kBF16);
        Bf16GemmOptions options{{trans_a, trans_b, nullptr, 0}, to_dtype(to)};
        if (activation >= 0) options.gemm.activation = activation_entry(activation).rows[0];
        if (bias.is_none()) return bf16_gemm(op.c_str(), x, w, nullptr, options);
        const Tensor offset = to_tensor(bias, DType::kF32);
        return bf16_gemm(op.c_str(), x, w, &offset, options);
      },
      py::arg("a"), py::arg("b"), py::arg("bias") = py::none(), py::arg("trans_a") = false,
      py::arg("trans_b") = false, py::arg("op") = "matmul", py::arg("activation") = -1,
      py::arg("to") = "bfloat16");
  module.def(
      "batched_bf16_gemm",
      [](py::handle a, py::handle b, bool trans_a, bool trans_b, py::handle to) {
        const Tensor x = to_tensor(a, kBF16), w = to_tensor(b, kBF16);
        return batched_bf16_gemm("matmul", x, w, {{trans_a, trans_b, nullptr, 0}, to_dtype(to)});
      },
      py::arg("a"), py::arg("b"), py::arg("trans_a") = false, py::arg("trans_b") = false,
      py::arg("to") = "bfloat16");
  module.def("bf16_units", &bf16_units);
  module.def("set_bf16_unit", &set_bf16_unit);
}

}  // namespace mark1
