// full on a device, packet by packet.
#include "core/kernel.h"
#include "ops/fill/fill_packets.h"

namespace mark1 {
namespace cuda {

extern const FillKernels fill_kernels;

namespace {

template <class T>
void queue_fill(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const FillArgs*>(bytes);
  gpu::queue_map<Fill<T>>(args, args.n, team.sync);
}

}  // namespace

const FillKernels fill_kernels = {{
    {&queue_fill<uint8_t>},
    {&queue_fill<uint32_t>},
    {&queue_fill<uint64_t>},
}};

}  // namespace cuda
}  // namespace mark1
