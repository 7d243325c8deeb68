// The definition of nadam: the formula, one element after the other.
#include "ops/nadam/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const NadamKernels nadam_kernels;
const NadamKernels nadam_kernels = {kernels_of<NadamRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
