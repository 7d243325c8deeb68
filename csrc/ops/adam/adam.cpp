#include "ops/adam/adam.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(AdamKernels, adam_kernels);

void adam_update(const Update& update, double beta1, double beta2, double epsilon, bool amsgrad) {
  const char* op = "adam";
  if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon >= 0)) {
    fail<ValueError>(op, "needs 0 <= beta < 1 and epsilon >= 0, got beta_1=", beta1,
                     ", beta_2=", beta2, ", epsilon=", epsilon);
  }
  AdamArgs args = {};
  args.beta1 = beta1;
  args.beta2 = beta2;
  args.epsilon = epsilon;
  // 0.32 ns per float32 element in cache, on one thread: one root and one division.
  launch_update(op, update, amsgrad ? 3 : 2, args, adam_kernels_variants.current().update[amsgrad],
                0.08);
}

}  // namespace mark1
