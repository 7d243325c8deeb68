// The step as the bindings call it.
#pragma once

#include <vector>

#include "core/variable.h"

namespace mark1 {

void adam_update(const std::vector<Variable*>& variables, const std::vector<Tensor>& gradients,
                 const std::vector<Variable*>& momenta, const std::vector<Variable*>& velocities,
                 const Variable& learning_rate, Variable& iterations, double beta1, double beta2,
                 double epsilon);

}  // namespace mark1
