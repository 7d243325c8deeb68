// The step as the bindings call it.
#pragma once

#include <vector>

#include "core/variable.h"

namespace mark1 {

// momenta is empty if momentum is 0.
void sgd_update(const std::vector<Variable*>& variables, const std::vector<Tensor>& gradients,
                const std::vector<Variable*>& momenta, const Variable& learning_rate,
                Variable& iterations, double momentum, bool nesterov);

}  // namespace mark1
