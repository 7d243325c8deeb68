// The definition of lion: the formula, one element after the other.
#include "ops/lion/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const LionKernels lion_kernels;
const LionKernels lion_kernels = {kernels_of<LionRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
