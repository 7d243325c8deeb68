#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "core/device.h"
#include "ops/activation/activation.h"
#include "ops/gemm/double_units.h"
#include "ops/gemm/gemm.h"
#include "ops/gemm/narrow.h"

namespace mark1 {

void bind_gemm(OpModule& module) {
  module.def("tensorfloat32", &tensorfloat32);
  module.def("set_tensorfloat32", &set_tensorfloat32);
  module.def("describe_double_units", [](const std::string& device) {
    const DeviceScope there(device_from_name(device));
    return describe_double_units();
  });
  module.def("matmul", [](py::handle x, py::handle w) {
    const auto [left, right] = to_promoted(x, w);
    return matmul(left, right);
  });
  module.def(
      "gemm",
      [](py::handle a, py::handle b, py::handle bias, bool trans_a, bool trans_b,
         const std::string& op, int activation, double alpha) {
        const auto [x, w] = to_promoted(a, b);
        GemmOptions options{trans_a, trans_b, nullptr, alpha};
        if (activation >= 0) {
          options.activation = activation_rows(activation, float_index(op.c_str(), x.dtype()));
        }
        if (bias.is_none()) return gemm(op.c_str(), x, w, nullptr, options);
        const Tensor offset = to_tensor(bias, x.dtype());
        return gemm(op.c_str(), x, w, &offset, options);
      },
      py::arg("a"), py::arg("b"), py::arg("bias") = py::none(), py::arg("trans_a") = false,
      py::arg("trans_b") = false, py::arg("op") = "matmul", py::arg("activation") = -1,
      py::arg("alpha") = 0.0);
  module.def(
      "batched_gemm",
      [](py::handle a, py::handle b, bool trans_a, bool trans_b) {
        const auto [x, w] = to_promoted(a, b);
        return batched_gemm("matmul", x, w, {trans_a, trans_b, nullptr, 0});
      },
      py::arg("a"), py::arg("b"), py::arg("trans_a") = false, py::arg("trans_b") = false);
}

}  // namespace mark1
