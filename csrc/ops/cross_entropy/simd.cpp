// cross-entropy by the vector.
#include "ops/cross_entropy/tables.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CrossEntropyKernels cross_entropy_kernels;
const CrossEntropyKernels cross_entropy_kernels = make_cross_entropy_kernels();

}  // namespace MARK1_ISA
}  // namespace mark1
