// compare on a device, packet by packet.
#include "ops/broadcast/packets.cuh"
#include "ops/compare/formulas.h"

namespace mark1 {
namespace cuda {

extern const CompareKernels compare_kernels;

namespace {

template <class Op, class T>
struct Comparison {
  static constexpr bool heavy = false;
  using In = T;
  using Out = uint8_t;
  static MARK1_DEVICE uint8_t of(T x, T y) { return Op::of(x, y); }
};

template <class Op, class T>
constexpr Kernel<BroadcastArgs> kernel() {
  return Kernel<BroadcastArgs>{&queue_binary<Comparison<Op, T>>};
}

}  // namespace

const CompareKernels compare_kernels = MARK1_COMPARE_TABLE;

}  // namespace cuda
}  // namespace mark1
