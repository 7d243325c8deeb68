// The definition of rmsprop: the formula, one element after the other.
#include "ops/rmsprop/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const RmspropKernels rmsprop_kernels;
const RmspropKernels rmsprop_kernels = {{
    {kernels_of<RmspropRule<false, false>>(), kernels_of<RmspropRule<false, true>>()},
    {kernels_of<RmspropRule<true, false>>(), kernels_of<RmspropRule<true, true>>()},
}};

}  // namespace MARK1_ISA
}  // namespace mark1
