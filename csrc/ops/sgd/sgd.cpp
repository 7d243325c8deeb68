#include "ops/sgd/sgd.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(SgdKernels, sgd_kernels);

void sgd_update(const Update& update, double momentum, bool nesterov) {
  const char* op = "sgd";
  if (!(momentum >= 0 && momentum <= 1)) {
    fail<ValueError>(op, "momentum must be from 0 to 1, got ", momentum);
  }
  SgdForm form = SgdForm::kPlain;
  if (momentum != 0) form = nesterov ? SgdForm::kNesterov : SgdForm::kMomentum;
  SgdArgs args = {};
  args.momentum = momentum;
  // 0.08 or 0.14 ns per float32 element in cache, on one thread.
  const bool plain = form == SgdForm::kPlain;
  launch_update(op, update, plain ? 0 : 1, args,
                sgd_kernels_variants.current().update[static_cast<int>(form)],
                plain ? 0.02 : 0.035);
}

}  // namespace mark1
