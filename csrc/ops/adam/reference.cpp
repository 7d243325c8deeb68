// The definition of adam: the formula, one element after the other.
#include "ops/adam/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AdamKernels adam_kernels;
const AdamKernels adam_kernels = {{kernels_of<AdamRule<false>>(), kernels_of<AdamRule<true>>()}};

}  // namespace MARK1_ISA
}  // namespace mark1
