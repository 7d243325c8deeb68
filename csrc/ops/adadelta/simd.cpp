// adadelta by the vector.
#include "ops/adadelta/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AdadeltaKernels adadelta_kernels;
const AdadeltaKernels adadelta_kernels = {kernels_of<AdadeltaRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
