// batch_norm with lanes over channels.
#include "ops/batch_norm/kernels.h"

namespace mark1 {
namespace MARK1_ISA {

const BatchNormKernels batch_norm_kernels = make_batch_norm_kernels();

}  // namespace MARK1_ISA
}  // namespace mark1
