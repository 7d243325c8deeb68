// concatenate on a device: a thread for each unit of the output, as many bytes as all pieces begin
// at multiples of, so that neighbours read and write what lies side by side.
#include "cuda/packets.h"
#include "ops/concatenate/concatenate.h"

namespace mark1::cuda {

extern const ConcatenateKernels concatenate_kernels;

namespace {

template <class Unit>
struct CopyPieces {
  static constexpr bool alone = true;
  struct Args {
    ConcatenateArgs pieces;
    gpu::Divider units;  // of a row
  };
  static constexpr int64_t size = sizeof(Unit);

  static MARK1_DEVICE void run(const Args& it, const gpu::Block& block) {
    const ConcatenateArgs& args = it.pieces;
    const int64_t at = block.index() * block.threads() + block.thread();
    const int64_t row = it.units.template quotient<false>(at);
    if (row >= args.rows) return;
    const int64_t place = (at - row * it.units.divisor()) * size;
    int64_t offset = place;
    int p = 0;
    while (offset >= args.pieces[p].bytes) offset -= args.pieces[p++].bytes;
    const Piece& piece = args.pieces[p];
    *reinterpret_cast<Unit*>(args.out + row * args.stride + args.start + place) =
        *reinterpret_cast<const Unit*>(piece.x + row * piece.stride + offset);
  }
};

template <class Unit>
void queue_units(const ConcatenateArgs& args, void* stream) {
  const int64_t units = args.width / int64_t{sizeof(Unit)};
  if (units == 0) return;
  gpu::queue<CopyPieces<Unit>>({args, gpu::Divider(units)}, threads_for(args.rows * units), stream);
}

void queue_concatenate(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const ConcatenateArgs*>(bytes);
  auto places = reinterpret_cast<uintptr_t>(args.out) | static_cast<uintptr_t>(args.stride) |
                static_cast<uintptr_t>(args.start);
  for (int p = 0; p < args.count; ++p) {
    const Piece& piece = args.pieces[p];
    places |= reinterpret_cast<uintptr_t>(piece.x) | static_cast<uintptr_t>(piece.bytes);
    if (args.rows > 1) places |= static_cast<uintptr_t>(piece.stride);
  }
  if (places % 16 == 0) {
    queue_units<gpu::Piece<16>>(args, team.sync);
  } else if (places % 4 == 0) {
    queue_units<uint32_t>(args, team.sync);
  } else {
    queue_units<uint8_t>(args, team.sync);
  }
}

}  // namespace

const ConcatenateKernels concatenate_kernels = {{&queue_concatenate}};

}  // namespace mark1::cuda
