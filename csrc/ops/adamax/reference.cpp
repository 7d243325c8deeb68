// The definition of adamax: the formula, one element after the other.
#include "ops/adamax/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AdamaxKernels adamax_kernels;
const AdamaxKernels adamax_kernels = {kernels_of<AdamaxRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
