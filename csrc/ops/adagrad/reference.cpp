// The definition of adagrad: the formula, one element after the other.
#include "ops/adagrad/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AdagradKernels adagrad_kernels;
const AdagradKernels adagrad_kernels = {kernels_of<AdagradRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
