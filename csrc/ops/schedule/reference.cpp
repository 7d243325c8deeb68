// The definition of schedule: formula.h over vectors of one lane.
#include "ops/schedule/formula.h"

namespace mark1 {
namespace MARK1_ISA {

const ScheduleKernels schedule_kernels = kernels;

}  // namespace MARK1_ISA
}  // namespace mark1
