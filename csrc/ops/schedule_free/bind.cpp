#include "ops/update/bind.h"
#include "ops/schedule_free/schedule_free.h"

namespace mark1 {

void bind_schedule_free(OpModule& module) {
  bind_step(module, "schedule_free_update", &schedule_free_update);
}

}  // namespace mark1
