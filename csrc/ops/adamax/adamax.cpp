#include "ops/adamax/adamax.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(AdamaxKernels, adamax_kernels);

void adamax_update(const Update& update, double beta1, double beta2, double epsilon) {
  const char* op = "adamax";
  if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon >= 0)) {
    fail<ValueError>(op, "needs 0 <= beta < 1 and epsilon >= 0, got beta_1=", beta1,
                     ", beta_2=", beta2, ", epsilon=", epsilon);
  }
  AdamaxArgs args = {};
  args.beta1 = beta1;
  args.beta2 = beta2;
  args.epsilon = epsilon;
  // One division per element.
  launch_update(op, update, 2, args, adamax_kernels_variants.current().update, 0.05);
}

}  // namespace mark1
