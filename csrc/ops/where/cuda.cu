// where on a device, packet by packet.
#include "cuda/packets.h"
#include "ops/where/where.h"

namespace mark1 {
namespace cuda {

extern const WhereKernels where_kernels;

namespace {

template <class T>
struct Where {
  static constexpr bool alone = true;
  static constexpr int packets = 2, share = packets * gpu::packet_of<T>;
  using Args = WhereArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    gpu::map<packets>(
        block, args.n, static_cast<T*>(args.out),
        [](uint8_t condition, T x, T y) { return condition != 0 ? x : y; },
        gpu::Operand<uint8_t>{args.condition, args.condition_step == 0},
        gpu::Operand<T>{static_cast<const T*>(args.x), args.x_step == 0},
        gpu::Operand<T>{static_cast<const T*>(args.y), args.y_step == 0});
  }
};

template <class T>
void queue_where(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const WhereArgs*>(bytes);
  gpu::queue_map<Where<T>>(args, args.n, team.sync);
}

}  // namespace

const WhereKernels where_kernels = {{
    {&queue_where<uint8_t>},
    {&queue_where<uint32_t>},
    {&queue_where<uint64_t>},
}};

}  // namespace cuda
}  // namespace mark1
