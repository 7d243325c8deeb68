// mean_error by the vector.
#include "ops/mean_error/rows.h"

namespace mark1 {
namespace MARK1_ISA {

extern const MeanErrorKernels mean_error_kernels;
const MeanErrorKernels mean_error_kernels = make_mean_error_kernels();

}  // namespace MARK1_ISA
}  // namespace mark1
