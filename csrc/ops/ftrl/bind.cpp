#include "ops/update/bind.h"
#include "ops/ftrl/ftrl.h"

namespace mark1 {

void bind_ftrl(OpModule& module) {
  bind_step(module, "ftrl_update", &ftrl_update);
}

}  // namespace mark1
