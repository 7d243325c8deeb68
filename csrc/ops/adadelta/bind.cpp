#include "ops/update/bind.h"
#include "ops/adadelta/adadelta.h"

namespace mark1 {

void bind_adadelta(OpModule& module) {
  bind_step(module, "adadelta_update", &adadelta_update);
}

}  // namespace mark1
