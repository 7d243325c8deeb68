#include "ops/adadelta/adadelta.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(AdadeltaKernels, adadelta_kernels);

void adadelta_update(const Update& update, double rho, double epsilon) {
  const char* op = "adadelta";
  if (!(rho >= 0 && rho <= 1) || !(epsilon >= 0)) {
    fail<ValueError>(op, "needs 0 <= rho <= 1 and epsilon >= 0, got rho=", rho,
                     ", epsilon=", epsilon);
  }
  AdadeltaArgs args = {};
  args.rho = rho;
  args.epsilon = epsilon;
  // Two roots and a division per element.
  launch_update(op, update, 2, args, adadelta_kernels_variants.current().update, 0.14);
}

}  // namespace mark1
