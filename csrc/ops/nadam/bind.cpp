#include "ops/update/bind.h"
#include "ops/nadam/nadam.h"

namespace mark1 {

void bind_nadam(OpModule& module) {
  bind_step(module, "nadam_update", &nadam_update);
}

}  // namespace mark1
