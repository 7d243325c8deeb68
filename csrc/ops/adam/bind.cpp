#include "ops/update/bind.h"
#include "ops/adam/adam.h"

namespace mark1 {

void bind_adam(py::module_& module) {
  bind_step(module, "adam_update", &adam_update);
}

}  // namespace mark1
