#include "ops/update/bind.h"
#include "ops/rmsprop/rmsprop.h"

namespace mark1 {

void bind_rmsprop(OpModule& module) {
  bind_step(module, "rmsprop_update", &rmsprop_update);
}

}  // namespace mark1
