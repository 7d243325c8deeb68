#include "ops/update/bind.h"
#include "ops/adagrad/adagrad.h"

namespace mark1 {

void bind_adagrad(OpModule& module) {
  bind_step(module, "adagrad_update", &adagrad_update);
}

}  // namespace mark1
