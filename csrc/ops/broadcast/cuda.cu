// broadcast on a device, packet by packet.
#include "ops/broadcast/formulas.h"
#include "ops/broadcast/packets.cuh"
#include "ops/broadcast/table.h"

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

const BroadcastKernels broadcast_kernels = MARK1_BROADCAST_TABLE(kernel, kernel);

}  // namespace cuda
}  // namespace mark1
