// The definition of moments: its rules and orders, one lane at a time.
#include "ops/moments/loops.h"

namespace mark1 {
namespace MARK1_ISA {

const MomentsKernels moments_kernels = MARK1_MOMENTS;

}  // namespace MARK1_ISA
}  // namespace mark1
