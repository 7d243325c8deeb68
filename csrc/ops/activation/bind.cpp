#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/activation/activation.h"

namespace mark1 {

void bind_activation(OpModule& module) {
  module.def("activation_index", &activation_index);
  module.def("activation_over_y", &activation_over_y);
  module.def(
      "activation",
      [](int index, py::handle x, double alpha, double beta, double gamma) {
        return activation(index, to_float_tensor(x), {alpha, beta, gamma});
      },
      py::arg("index"), py::arg("x"), py::arg("alpha") = 0.0, py::arg("beta") = 0.0,
      py::arg("gamma") = 0.0);
  module.def("activation_backward", [](int index, const Tensor& dy, const Tensor& saved,
                                       double alpha, double beta, double gamma) {
    return activation_backward(index, dy, saved, {alpha, beta, gamma});
  });
  module.def("activation_second", [](int index, const Tensor& g, const Tensor& dy,
                                     const Tensor& saved, double alpha, double beta, double gamma) {
    return activation_second(index, g, dy, saved, {alpha, beta, gamma});
  });
}

}  // namespace mark1
