// cast on a device, packet by packet.
#include "cuda/packets.h"
#include "ops/cast/convert.h"

namespace mark1 {
namespace cuda {

extern const CastKernels cast_kernels;

namespace {

template <class From, class To>
struct Cast {
  static constexpr bool alone = true;
  static constexpr int packets = 4, share = packets * gpu::packet_of<From, To>;
  using Args = CastArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    gpu::map<packets>(
        block, args.n, static_cast<To*>(args.out), [](From x) { return convert<To>(x); },
        gpu::Operand<From>{static_cast<const From*>(args.x)});
  }
};

template <class From, class To>
void queue_cast(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const CastArgs*>(bytes);
  gpu::queue_map<Cast<From, To>>(args, args.n, team.sync);
}

}  // namespace

#define MARK1_ROW(From)                                                                        \
  {                                                                                            \
    {&queue_cast<From, bool>}, {&queue_cast<From, uint8_t>}, {&queue_cast<From, int32_t>},     \
        {&queue_cast<From, int64_t>}, {&queue_cast<From, float>}, {&queue_cast<From, double>}, \
        {&queue_cast<From, BFloat16>}, {                                                       \
      &queue_cast<From, Half>                                                                  \
    }                                                                                          \
  }

const CastKernels cast_kernels = {{
    MARK1_ROW(uint8_t),
    MARK1_ROW(uint8_t),
    MARK1_ROW(int32_t),
    MARK1_ROW(int64_t),
    MARK1_ROW(float),
    MARK1_ROW(double),
    MARK1_ROW(BFloat16),
    MARK1_ROW(Half),
}};

}  // namespace cuda
}  // namespace mark1
