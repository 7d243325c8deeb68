// sgd by the vector.
#include "ops/sgd/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const SgdKernels sgd_kernels;
const SgdKernels sgd_kernels = {{
    kernels_of<SgdRule<SgdForm::kPlain>>(),
    kernels_of<SgdRule<SgdForm::kMomentum>>(),
    kernels_of<SgdRule<SgdForm::kNesterov>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
