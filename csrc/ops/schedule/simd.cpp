// schedule again: its functions are those of this instruction set, its loop is not worth a vector.
#include "ops/schedule/formula.h"

namespace mark1 {
namespace MARK1_ISA {

const ScheduleKernels schedule_kernels = kernels;

}  // namespace MARK1_ISA
}  // namespace mark1
