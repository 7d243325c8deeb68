// The definition of adadelta: the formula, one element after the other.
#include "ops/adadelta/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AdadeltaKernels adadelta_kernels;
const AdadeltaKernels adadelta_kernels = {kernels_of<AdadeltaRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
