// adamax by the vector.
#include "ops/adamax/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AdamaxKernels adamax_kernels;
const AdamaxKernels adamax_kernels = {kernels_of<AdamaxRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
