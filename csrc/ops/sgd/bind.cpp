#include "ops/update/bind.h"
#include "ops/sgd/sgd.h"

namespace mark1 {

void bind_sgd(OpModule& module) {
  bind_step(module, "sgd_update", &sgd_update);
}

}  // namespace mark1
