// pad on a device: a thread has four units of the result, which its neighbours have beside its own:
// 16 bytes where inner axes without padding leave so many together, else less. Places along the
// axes come from products instead of divisions, some ten instructions each, of which an H200 has
// time for eight while memory takes 16 bytes: two axes and units of an element hide behind memory.
#include "cuda/packets.h"
#include "ops/pad/places.h"

namespace mark1::cuda {

extern const PadKernels pad_kernels;

namespace {

constexpr int kUnits = 4;

template <int bytes>
struct Pad {
  static constexpr bool alone = true;
  using Unit = gpu::Piece<bytes>;
  struct Args {
    PadArgs pad;
    int64_t units;  // of the result
    gpu::Divider block, size[Shape::kMaxRank];
    uint64_t fill[2];
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t first = block.index() * kUnits * block.threads() + block.thread();
    Unit unit[kUnits];
#pragma unroll
    for (int j = 0; j < kUnits; ++j) {
      const int64_t at = first + j * block.threads();
      const int64_t from = at < args.units ? source_of(args, at) : -1;
      __builtin_memcpy(&unit[j], args.fill, bytes);
      if (from >= 0) unit[j] = static_cast<const Unit*>(args.pad.x)[from];
    }
#pragma unroll
    for (int j = 0; j < kUnits; ++j) {
      const int64_t at = first + j * block.threads();
      if (at < args.units) static_cast<Unit*>(args.pad.out)[at] = unit[j];
    }
  }

  // Which unit of x is there, or -1.
  static MARK1_DEVICE int64_t source_of(const Args& args, int64_t at) {
    const PadArgs& pad = args.pad;
    int64_t rest = args.block.template quotient<false>(at), stride = args.block.divisor();
    int64_t from = at - rest * stride;
    for (int a = pad.rank - 1; a >= 0; --a) {
      const int64_t next = args.size[a].template quotient<false>(rest);
      const int64_t place = rest - next * args.size[a].divisor();
      const int64_t seen = source(pad.mode, place, pad.before[a], pad.shape[a]);
      if (seen < 0) return -1;
      from += seen * stride;
      stride *= pad.shape[a];
      rest = next;
    }
    return from;
  }
};

template <int bytes>
void queue_units(const PadArgs& pad, int64_t block_bytes, uint64_t fill, const void* to) {
  typename Pad<bytes>::Args args = {
      pad, block_bytes / bytes, gpu::Divider(block_bytes / bytes), {}, {fill, fill}};
  for (int a = 0; a < pad.rank; ++a) {
    const int64_t size = pad.before[a] + pad.shape[a] + pad.after[a];
    args.size[a] = gpu::Divider(size);
    args.units *= size;
  }
  constexpr int share = kUnits * gpu::kMapThreads;
  gpu::queue<Pad<bytes>>(args, {(args.units + share - 1) / share, gpu::kMapThreads, 0}, to);
}

template <class T>
void queue_pad(const void* bytes, const Team& team) {
  const auto& pad = *static_cast<const PadArgs*>(bytes);
  const int64_t size = pad.block * static_cast<int64_t>(sizeof(T));
  const auto places = reinterpret_cast<uintptr_t>(pad.x) | reinterpret_cast<uintptr_t>(pad.out) |
                      static_cast<uintptr_t>(size);
  uint64_t fill = static_cast<T>(pad.pattern);
  for (size_t i = 8 * sizeof(T); i < 64; i *= 2) fill |= fill << i;
  if (places % 16 == 0) return queue_units<16>(pad, size, fill, team.sync);
  if (places % 8 == 0) return queue_units<8>(pad, size, fill, team.sync);
  if (places % 4 == 0) return queue_units<4>(pad, size, fill, team.sync);
  queue_units<1>(pad, size, fill, team.sync);
}

}  // namespace

const PadKernels pad_kernels = {{
    {&queue_pad<uint8_t>},
    {&queue_pad<uint32_t>},
    {&queue_pad<uint64_t>},
}};

}  // namespace mark1::cuda
