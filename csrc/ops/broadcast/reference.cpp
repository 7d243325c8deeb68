// The definition of broadcast: its formulas, one element at a time.
#include "ops/broadcast/formulas.h"

namespace mark1 {
namespace MARK1_ISA {

extern const BroadcastKernels broadcast_kernels;

namespace {

#define MARK1_REAL(Op)        \
  {{nullptr},                 \
   {nullptr},                 \
   {nullptr},                 \
   {nullptr},                 \
   plain_kernel<Op, float>(), \
   plain_kernel<Op, double>()}
#define MARK1_WHOLE(Op)                                                  \
  {                                                                      \
    {nullptr}, plain_kernel<Op, uint8_t>(), plain_kernel<Op, int32_t>(), \
        plain_kernel<Op, int64_t>(), {nullptr}, {                        \
      nullptr                                                            \
    }                                                                    \
  }
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
    MARK1_REAL(Divide),
    MARK1_ROW(Maximum),
    MARK1_ROW(Minimum),
    MARK1_ROW(Power),
    MARK1_ROW(FloorDivide),
    MARK1_ROW(Mod),
    MARK1_REAL(Arctan2),
    MARK1_REAL(Nextafter),
    MARK1_WHOLE(BitwiseAnd),
    MARK1_WHOLE(BitwiseOr),
    MARK1_WHOLE(BitwiseXor),
    MARK1_WHOLE(LeftShift),
    MARK1_WHOLE(RightShift),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
