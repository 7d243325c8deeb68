// Binds a step: variables, gradients, slots, learning rate, iterations, options, then the formula's
// own numbers.
#pragma once

#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/update/update.h"

namespace mark1 {

// A gradient that is None becomes a Tensor without storage.
std::vector<Tensor> to_gradients(py::handle objects);

template <class... Numbers>
void bind_step(OpModule& module, const char* name, void (*step)(const Update&, Numbers...)) {
  module.def(name, [step](const std::vector<Variable*>& variables, py::handle gradients,
                          const std::vector<Variable*>& slots, py::handle learning_rate,
                          Variable& iterations, const UpdateOptions* options, Numbers... numbers) {
    step(Update{variables, to_gradients(gradients), slots, to_tensor(learning_rate), iterations,
                options},
         numbers...);
  });
}

}  // namespace mark1
