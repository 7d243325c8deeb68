// rmsprop by the vector.
#include "ops/rmsprop/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const RmspropKernels rmsprop_kernels;
const RmspropKernels rmsprop_kernels = {{
    {kernels_of<RmspropRule<false, false>>(), kernels_of<RmspropRule<false, true>>()},
    {kernels_of<RmspropRule<true, false>>(), kernels_of<RmspropRule<true, true>>()},
}};

}  // namespace MARK1_ISA
}  // namespace mark1
