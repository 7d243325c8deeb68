// The definition of softmax: its formulas and the row rule, one lane at a time.
#include "ops/softmax/tables.h"

namespace mark1 {
namespace MARK1_ISA {

extern const SoftmaxKernels softmax_kernels;
const SoftmaxKernels softmax_kernels = make_softmax_kernels();

}  // namespace MARK1_ISA
}  // namespace mark1
