#include "ops/ftrl/ftrl.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(FtrlKernels, ftrl_kernels);

void ftrl_update(const Update& update, double l1, double l2, double shrinkage, double beta) {
  const char* op = "ftrl";
  if (!(l1 >= 0) || !(l2 >= 0) || !(shrinkage >= 0)) {
    fail<ValueError>(op, "regularization must be at least 0, got l1=", l1, ", l2=", l2,
                     ", l2_shrinkage=", shrinkage);
  }
  FtrlArgs args = {};
  args.l1 = l1;
  args.l2 = l2;
  args.shrinkage = shrinkage;
  args.beta = beta;
  // Two roots and a division per element.
  launch_update(op, update, 2, args, ftrl_kernels_variants.current().update, 0.14);
}

}  // namespace mark1
