#include "ops/update/bind.h"
#include "ops/lion/lion.h"

namespace mark1 {

void bind_lion(OpModule& module) {
  bind_step(module, "lion_update", &lion_update);
}

}  // namespace mark1
