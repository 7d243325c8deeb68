#include "ops/nadam/nadam.h"

#include "core/isa.h"
#include "ops/update/update.h"

namespace mark1 {

MARK1_VARIANTS(NadamKernels, nadam_kernels);

void nadam_update(const Update& update, Variable& product, double beta1, double beta2,
                  double epsilon) {
  const char* op = "nadam";
  if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon >= 0)) {
    fail<ValueError>(op, "needs 0 <= beta < 1 and epsilon >= 0, got beta_1=", beta1,
                     ", beta_2=", beta2, ", epsilon=", epsilon);
  }
  const int precision = float_index(op, product.value().dtype());
  if (product.value().rank() != 0) {
    fail<ValueError>(op, "the product of momenta is a scalar, got ", product.value().shape());
  }
  const Tensor& kept = product.writable();
  NadamArgs args = {};
  args.product = kept.data();
  args.product_precision = precision;
  args.beta1 = beta1;
  args.beta2 = beta2;
  args.epsilon = epsilon;
  // One root and one division per element.
  launch_update(op, update, 2, args, nadam_kernels_variants.current().update, 0.08, &kept);
}

}  // namespace mark1
