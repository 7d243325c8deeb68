#include "ops/adagrad/adagrad.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(AdagradKernels, adagrad_kernels);

void adagrad_update(const Update& update, double epsilon) {
  const char* op = "adagrad";
  if (!(epsilon >= 0)) fail<ValueError>(op, "needs epsilon >= 0, got ", epsilon);
  AdagradArgs args = {};
  args.epsilon = epsilon;
  // One root and one division per element.
  launch_update(op, update, 1, args, adagrad_kernels_variants.current().update, 0.08);
}

}  // namespace mark1
