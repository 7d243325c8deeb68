// The definition of cross-entropy: its formulas and the row rule, one lane at a time.
#include "ops/cross_entropy/tables.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CrossEntropyKernels cross_entropy_kernels;
const CrossEntropyKernels cross_entropy_kernels = make_cross_entropy_kernels();

}  // namespace MARK1_ISA
}  // namespace mark1
