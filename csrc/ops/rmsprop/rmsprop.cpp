#include "ops/rmsprop/rmsprop.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(RmspropKernels, rmsprop_kernels);

void rmsprop_update(const Update& update, double rho, double momentum, double epsilon,
                    bool centered) {
  const char* op = "rmsprop";
  if (!(rho >= 0 && rho <= 1) || !(momentum >= 0 && momentum <= 1) || !(epsilon >= 0)) {
    fail<ValueError>(op, "needs rho and momentum from 0 to 1 and epsilon >= 0, got rho=", rho,
                     ", momentum=", momentum, ", epsilon=", epsilon);
  }
  RmspropArgs args = {};
  args.rho = rho;
  args.momentum = momentum;
  args.epsilon = epsilon;
  const bool has_momentum = momentum > 0;
  // One root and one division per element.
  launch_update(op, update, 1 + has_momentum + centered, args,
                rmsprop_kernels_variants.current().update[has_momentum][centered], 0.08);
}

}  // namespace mark1
