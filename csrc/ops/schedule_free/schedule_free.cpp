#include "ops/schedule_free/schedule_free.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(ScheduleFreeKernels, schedule_free_kernels);

void schedule_free_update(const Update& update, double beta1, double beta2, double epsilon,
                          int64_t warmup) {
  const char* op = "schedule_free";
  if (!(beta1 > 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon >= 0) || warmup < 0) {
    fail<ValueError>(op,
                     "needs 0 < beta_1 < 1, 0 <= beta_2 < 1, epsilon >= 0 and warmup_steps >= 0, "
                     "got beta_1=",
                     beta1, ", beta_2=", beta2, ", epsilon=", epsilon, ", warmup_steps=", warmup);
  }
  ScheduleFreeArgs args = {};
  args.beta1 = beta1;
  args.beta2 = beta2;
  args.epsilon = epsilon;
  args.warmup = warmup;
  // One root and two divisions per element.
  launch_update(op, update, 2, args, schedule_free_kernels_variants.current().update, 0.1);
}

}  // namespace mark1
