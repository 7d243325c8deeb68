#include "ops/update/bind.h"
#include "ops/adam/adam.h"

namespace mark1 {

void bind_adam(OpModule& module) {
  bind_step(module, "adam_update", &adam_update);
}

}  // namespace mark1
