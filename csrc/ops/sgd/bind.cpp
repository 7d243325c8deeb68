#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/sgd/update.h"

namespace mark1 {

void bind_sgd(py::module_& module) {
  module.def("sgd_update", [](const std::vector<Variable*>& variables,
                              const std::vector<Tensor>& gradients,
                              const std::vector<Variable*>& momenta, const Variable& learning_rate,
                              Variable& iterations, double momentum, bool nesterov) {
    sgd_update(variables, gradients, momenta, learning_rate, iterations, momentum, nesterov);
  });
}

}  // namespace mark1
