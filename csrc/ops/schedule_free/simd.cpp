// schedule_free by the vector.
#include "ops/schedule_free/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const ScheduleFreeKernels schedule_free_kernels;
const ScheduleFreeKernels schedule_free_kernels = {kernels_of<ScheduleFreeRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
