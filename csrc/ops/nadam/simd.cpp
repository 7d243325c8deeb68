// nadam by the vector.
#include "ops/nadam/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const NadamKernels nadam_kernels;
const NadamKernels nadam_kernels = {kernels_of<NadamRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
