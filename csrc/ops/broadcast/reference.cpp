// The definition of broadcast: its formulas, one element at a time.
#include "ops/broadcast/formulas.h"
#include "ops/broadcast/table.h"

namespace mark1 {
namespace MARK1_ISA {

extern const BroadcastKernels broadcast_kernels;

const BroadcastKernels broadcast_kernels = MARK1_BROADCAST_TABLE(plain_kernel, plain_kernel);

}  // namespace MARK1_ISA
}  // namespace mark1
