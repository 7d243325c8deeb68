#include "ops/update/bind.h"
#include "ops/adamax/adamax.h"

namespace mark1 {

void bind_adamax(OpModule& module) {
  bind_step(module, "adamax_update", &adamax_update);
}

}  // namespace mark1
