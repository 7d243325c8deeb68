#include "ops/lion/lion.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(LionKernels, lion_kernels);

void lion_update(const Update& update, double beta1, double beta2) {
  const char* op = "lion";
  if (!(beta1 >= 0 && beta1 <= 1) || !(beta2 >= 0 && beta2 <= 1)) {
    fail<ValueError>(op, "needs 0 <= beta <= 1, got beta_1=", beta1, ", beta_2=", beta2);
  }
  LionArgs args = {};
  args.beta1 = beta1;
  args.beta2 = beta2;
  launch_update(op, update, 1, args, lion_kernels_variants.current().update, 0.04);
}

}  // namespace mark1
