// One value for every element of a device's memory, packet by packet.
#pragma once

#include "cuda/packets.h"
#include "ops/fill/fill.h"

namespace mark1 {
namespace cuda {
namespace {

template <class T>
struct Fill {
  static constexpr bool alone = true;
  static constexpr int packets = 4, share = packets * gpu::packet_of<T>;
  using Args = FillArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const T value = static_cast<T>(args.pattern);
    gpu::map<packets>(block, args.n, static_cast<T*>(args.out), [value] { return value; });
  }
};

}  // namespace
}  // namespace cuda
}  // namespace mark1
