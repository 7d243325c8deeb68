// lion by the vector.
#include "ops/lion/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const LionKernels lion_kernels;
const LionKernels lion_kernels = {kernels_of<LionRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
