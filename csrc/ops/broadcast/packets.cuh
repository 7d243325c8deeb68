// Operations with two operands on a device, packet by packet. An operation says
//
//   In, Out     types of the operands and of the result
//   heavy       whether arithmetic takes longer than memory
//   of(x, y)    one element
#pragma once

#include "core/kernel.h"
#include "cuda/walk.h"
#include "ops/broadcast/broadcast.h"

namespace mark1 {
namespace cuda {
namespace {

template <class Op>
inline constexpr int binary_packets = Op::heavy ? 1 : 2;
template <class Op>
inline constexpr int binary_share =
    binary_packets<Op> * gpu::packet_of<typename Op::In, typename Op::Out>;

// One axis.
template <class Op>
struct BinaryRow {
  static constexpr bool alone = true;
  static constexpr int share = binary_share<Op>;
  using Args = BroadcastArgs;
  using In = typename Op::In;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    gpu::map<binary_packets<Op>>(
        block, args.shape[0], static_cast<typename Op::Out*>(args.out),
        [](In x, In y) { return Op::of(x, y); },
        gpu::Operand<In>{static_cast<const In*>(args.x), args.x_strides[0] == 0},
        gpu::Operand<In>{static_cast<const In*>(args.y), args.y_strides[0] == 0});
  }
};

// Several.
template <class Op>
struct BinaryWalk {
  static constexpr bool alone = true;
  static constexpr int share = binary_share<Op>;
  using In = typename Op::In;
  using Out = typename Op::Out;
  struct Args {
    gpu::Walk<2> through;
    const In* x;
    const In* y;
    Out* out;
    bool fit;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    gpu::walk<binary_packets<Op>>(
        block, args.through, args.fit, args.out, [](In x, In y) { return Op::of(x, y); },
        gpu::Strided<In, 0>{args.x}, gpu::Strided<In, 1>{args.y});
  }
};

template <class Op>
void queue_binary(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const BroadcastArgs*>(bytes);
  if (args.rank == 1) return gpu::queue_map<BinaryRow<Op>>(args, args.shape[0], team.sync);
  using In = typename Op::In;
  using Out = typename Op::Out;
  const gpu::Walk<2> through(args.rank, args.shape, {args.x_strides, args.y_strides});
  const auto *x = static_cast<const In*>(args.x), *y = static_cast<const In*>(args.y);
  auto* out = static_cast<Out*>(args.out);
  constexpr int n = gpu::packet_of<In, Out>;
  using Packet = gpu::Packet<In, n>;
  const bool fit = through.has_packets(n) && gpu::Packet<Out, n>::fits(out) &&
                   (through.repeats(0) || Packet::fits(x)) &&
                   (through.repeats(1) || Packet::fits(y));
  gpu::queue_map<BinaryWalk<Op>>({through, x, y, out, fit}, through.size, team.sync);
}

}  // namespace
}  // namespace cuda
}  // namespace mark1
