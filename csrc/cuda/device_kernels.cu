#include "core/device_kernels.h"

#include "cuda/grid.h"

namespace mark1 {
namespace MARK1_ISA {

extern const DeviceKernels device_kernels;

namespace {

struct Raise {
  using Args = RaiseArgs;
  static constexpr bool alone = true;
  static MARK1_DEVICE void run(const Args& args, const gpu::Block&) {
    const int64_t place = *args.wrong;
    if (place < 0 || args.here->entry != kQuiet) return;
    const auto* value = static_cast<const unsigned char*>(args.values) + place * args.value_size;
    uint64_t bits = 0;
    for (int64_t i = 0; i < args.value_size; ++i) bits |= uint64_t{value[i]} << (8 * i);
    *args.here = *args.on_host = {args.entry, place, bits};
  }
};

void raise(const void* args, const Team& team) {
  gpu::queue<Raise>(*static_cast<const RaiseArgs*>(args), {1, 1, 0}, team.sync);
}

struct EndStep {
  using Args = EndStepArgs;
  static constexpr bool alone = true;
  static MARK1_DEVICE void run(const Args& args, const gpu::Block&) {
    if (args.here->entry != kQuiet) args.here->entry = -1;
  }
};

void end_step(const void* args, const Team& team) {
  gpu::queue<EndStep>(*static_cast<const EndStepArgs*>(args), {1, 1, 0}, team.sync);
}

// By words of 16 bytes, of which a few per thread are under way at once: bandwidth is the bound.
struct CopyBytes {
  struct alignas(16) Word {
    uint64_t low, high;
  };
  using Args = CopyBytesArgs;
  static constexpr bool alone = true;
  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t step = block.blocks() * block.threads();
    const int64_t first = block.index() * block.threads() + block.thread();
    const bool aligned =
        ((reinterpret_cast<uintptr_t>(args.from) | reinterpret_cast<uintptr_t>(args.to)) %
         sizeof(Word)) == 0;
    const int64_t words = aligned ? args.bytes / static_cast<int64_t>(sizeof(Word)) : 0;
    const auto* from = static_cast<const Word*>(args.from);
    auto* to = static_cast<Word*>(args.to);
    for (int64_t i = first; i < words; i += step) to[i] = from[i];
    const auto* last = static_cast<const unsigned char*>(args.from);
    auto* target = static_cast<unsigned char*>(args.to);
    const int64_t done = words * static_cast<int64_t>(sizeof(Word));
    for (int64_t i = done + first; i < args.bytes; i += step) target[i] = last[i];
  }
};

void copy_bytes(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const CopyBytesArgs*>(bytes);
  constexpr int64_t per_thread = 4 * sizeof(CopyBytes::Word), most = 4096;
  const int64_t blocks = threads_for((args.bytes + per_thread - 1) / per_thread).blocks;
  gpu::queue<CopyBytes>(args, {blocks < most ? blocks : most, kBlockThreads, 0}, team.sync);
}

}  // namespace

const DeviceKernels device_kernels = {{&raise}, {&end_step}, {&copy_bytes}};

}  // namespace MARK1_ISA
}  // namespace mark1
