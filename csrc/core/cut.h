// Where gradients end. Tapes want to say why a gradient is missing; what they record does not tell.
#pragma once

#include "core/launch.h"

namespace mark1 {

// Told of launches that no gradient passes, from floating-point operands to other results, and of
// floating-point tensors whose contents the host looks at. Called on the launching thread.
using CutHook = void (*)(const char* what, TensorList inputs);
void set_cut_hook(CutHook hook);

void tell_of_cut(const char* what, TensorList inputs);

}  // namespace mark1
