// The definition of broadcast: one IEEE operation per element.
#include "ops/broadcast/walk.h"

namespace mark1 {
namespace MARK1_ISA {

extern const BroadcastKernels broadcast_kernels;

namespace {

#define MARK1_ROW(Op)           \
  {{nullptr},                   \
   plain_kernel<Op, uint8_t>(), \
   plain_kernel<Op, int32_t>(), \
   plain_kernel<Op, int64_t>(), \
   plain_kernel<Op, float>(),   \
   plain_kernel<Op, double>()}

}  // namespace

const BroadcastKernels broadcast_kernels = {{
    MARK1_ROW(Add),
    MARK1_ROW(Subtract),
    MARK1_ROW(Multiply),
    {{nullptr},
     {nullptr},
     {nullptr},
     {nullptr},
     plain_kernel<Divide, float>(),
     plain_kernel<Divide, double>()},
}};

}  // namespace MARK1_ISA
}  // namespace mark1
