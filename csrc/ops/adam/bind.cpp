#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/adam/update.h"

namespace mark1 {

void bind_adam(py::module_& module) {
  module.def("adam_update",
             [](const std::vector<Variable*>& variables, const std::vector<Tensor>& gradients,
                const std::vector<Variable*>& momenta, const std::vector<Variable*>& velocities,
                const Variable& learning_rate, Variable& iterations, double beta1, double beta2,
                double epsilon) {
               adam_update(variables, gradients, momenta, velocities, learning_rate, iterations,
                           beta1, beta2, epsilon);
             });
}

}  // namespace mark1
