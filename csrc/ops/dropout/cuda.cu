// dropout on a device: a thread takes the four elements of a block of words. Some 30 instructions
// per element, of which an H200 has time for 55 while memory moves eight bytes.
#include "cuda/packets.h"
#include "math/philox.h"
#include "ops/dropout/dropout.h"
#include "ops/random/random.h"

namespace mark1 {
namespace cuda {

extern const DropoutKernels dropout_kernels;

namespace {

template <class T>
struct Dropout {
  static constexpr bool alone = true;
  static constexpr int share = 4;
  using Args = DropoutArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    using Packet = gpu::Packet<T, 4>;
    const int64_t i = 4 * (block.index() * block.threads() + block.thread());
    if (i >= args.n) return;
    const T* x = static_cast<const T*>(args.x) + i;
    T* out = static_cast<T*>(args.out) + i;
    const bool whole = i + 4 <= args.n && Packet::fits(x) && Packet::fits(out);
    Packet packet = {};
    if (whole) packet = Packet::load(x);
    uint32_t words[4];
    const int64_t* state = args.state;
    Philox{uint64_t(state[0]), kDropoutStream, uint32_t(uint64_t(state[1]))}.words(i / 4, words);
    const T scale = T(args.scale);
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      if (!whole && i + j < args.n) packet.at[j] = x[j];
      packet.at[j] = words[j] >= args.threshold ? packet.at[j] * scale : T(0);
      if (!whole && i + j < args.n) out[j] = packet.at[j];
    }
    if (whole) packet.store(out);
  }
};

template <class T>
void queue_dropout(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const DropoutArgs*>(bytes);
  gpu::queue_map<Dropout<T>>(args, args.n, team.sync);
}

}  // namespace

const DropoutKernels dropout_kernels = {{{&queue_dropout<float>}, {&queue_dropout<double>}}};

}  // namespace cuda
}  // namespace mark1
