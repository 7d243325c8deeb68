// The definition of schedule_free: the formula, one element after the other.
#include "ops/schedule_free/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const ScheduleFreeKernels schedule_free_kernels;
const ScheduleFreeKernels schedule_free_kernels = {kernels_of<ScheduleFreeRule>()};

}  // namespace MARK1_ISA
}  // namespace mark1
