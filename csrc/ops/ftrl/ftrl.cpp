#include "ops/ftrl/ftrl.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(FtrlKernels, ftrl_kernels);

void ftrl_update(const Update& update, double l1, double l2, double shrinkage, double beta,
                 double power) {
  const char* op = "ftrl";
  if (!(l1 >= 0) || !(l2 >= 0) || !(shrinkage >= 0)) {
    fail<ValueError>(op, "regularization must be at least 0, got l1=", l1, ", l2=", l2,
                     ", l2_shrinkage=", shrinkage);
  }
  if (!(power <= 0)) {
    fail<ValueError>(op, "learning_rate_power must be at most 0, got ", power);
  }
  FtrlArgs args = {};
  args.l1 = l1;
  args.l2 = l2;
  args.shrinkage = shrinkage;
  args.beta = beta;
  args.power = power;
  // Two roots and a division per element; or two powers.
  const bool other = power != -0.5;
  launch_update(op, update, 2, args, ftrl_kernels_variants.current().update[other],
                other ? 0.5 : 0.14);
}

}  // namespace mark1
