// The factors by the vector.
#include "ops/update/loss_scale.h"
#include "ops/update/norm.h"

namespace mark1 {
namespace MARK1_ISA {

const UpdateKernels update_kernels = {
    make_meeting_kernel<NormArgs, &clip_factors>(),
    make_kernel<LossScaleArgs, &mark_wild>(),
    make_meeting_kernel<LossScaleArgs, &judge>(),
    make_kernel<LossScaleArgs, &rescale>(),
};

}  // namespace MARK1_ISA
}  // namespace mark1
