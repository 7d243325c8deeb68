// concatenate by whole pieces; members share the bytes of the output, so one row is shared as well.
#include "ops/concatenate/concatenate.h"
#include "simd/move.h"

namespace mark1 {
namespace MARK1_ISA {

extern const ConcatenateKernels concatenate_kernels;

namespace {

// Pieces of one element each, as when vectors become the columns of a matrix.
template <class T>
bool interleave(const ConcatenateArgs& args, const Team& team) {
  for (int p = 0; p < args.count; ++p) {
    if (args.pieces[p].bytes != sizeof(T)) return false;
  }
  const Range rows = static_range(args.rows, 64, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    char* out = args.out + row * args.stride + args.start;
    for (int p = 0; p < args.count; ++p) {
      const Piece& piece = args.pieces[p];
      __builtin_memcpy(out + p * static_cast<int64_t>(sizeof(T)), piece.x + row * piece.stride,
                       sizeof(T));
    }
  }
  return true;
}

void concatenate(const ConcatenateArgs& args, const Team& team) {
  if (interleave<float>(args, team) || interleave<double>(args, team)) return;
  // Multiples of 64 bytes from the first on: no element is cut, whatever its size.
  const Range share = static_range(args.rows * args.width, 64, team);
  for (int64_t row = share.begin / args.width; row * args.width < share.end; ++row) {
    const int64_t before = row * args.width;
    const int64_t begin = share.begin > before ? share.begin - before : 0;
    const int64_t end = share.end - before < args.width ? share.end - before : args.width;
    char* out = args.out + row * args.stride + args.start;
    int64_t start = 0;  // of the piece, in the row
    for (int p = 0; p < args.count; ++p) {
      const Piece& piece = args.pieces[p];
      const int64_t first = begin > start ? begin : start;
      const int64_t last = end < start + piece.bytes ? end : start + piece.bytes;
      if (first < last) {
        move_bytes(out + first, piece.x + row * piece.stride + (first - start), last - first,
                   args.stream);
      }
      start += piece.bytes;
    }
  }
  end_stream(args.stream);
}

}  // namespace

const ConcatenateKernels concatenate_kernels = {make_kernel<ConcatenateArgs, &concatenate>()};

}  // namespace MARK1_ISA
}  // namespace mark1
