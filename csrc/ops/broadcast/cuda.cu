// broadcast on a device, packet by packet.
#include "ops/broadcast/formulas.h"
#include "ops/broadcast/packets.cuh"

namespace mark1 {
namespace cuda {

extern const BroadcastKernels broadcast_kernels;

namespace {

template <class Op, class T>
struct Arithmetic {
  static constexpr bool heavy = Op::heavy;
  using In = T;
  using Out = T;
  static MARK1_DEVICE T of(T x, T y) { return element<Op>(x, y); }
};

template <class Op, class T>
constexpr Kernel<BroadcastArgs> kernel() {
  return Kernel<BroadcastArgs>{&queue_binary<Arithmetic<Op, T>>};
}

}  // namespace

#define MARK1_FLOATS(Op) kernel<Op, float>(), kernel<Op, double>()
#define MARK1_ROW(Op) \
  {{nullptr}, kernel<Op, uint8_t>(), kernel<Op, int32_t>(), kernel<Op, int64_t>(), MARK1_FLOATS(Op)}
#define MARK1_REAL(Op) {{nullptr}, {nullptr}, {nullptr}, {nullptr}, MARK1_FLOATS(Op)}
#define MARK1_WHOLE(Op)                                                                          \
  {                                                                                              \
    {nullptr}, kernel<Op, uint8_t>(), kernel<Op, int32_t>(), kernel<Op, int64_t>(), {nullptr}, { \
      nullptr                                                                                    \
    }                                                                                            \
  }

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

}  // namespace cuda
}  // namespace mark1
