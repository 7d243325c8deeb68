// The definition of concatenate: one byte after the other.
#include "ops/concatenate/concatenate.h"

namespace mark1 {
namespace MARK1_ISA {

extern const ConcatenateKernels concatenate_kernels;

namespace {

MARK1_DEVICE void concatenate(const ConcatenateArgs& args, const Team& team) {
  const Range rows = static_range(args.rows, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    char* out = args.out + row * args.stride + args.start;
    for (int p = 0; p < args.count; ++p) {
      const Piece& piece = args.pieces[p];
      const char* x = piece.x + row * piece.stride;
      for (int64_t i = 0; i < piece.bytes; ++i) *out++ = x[i];
    }
  }
}

}  // namespace

const ConcatenateKernels concatenate_kernels = {make_kernel<ConcatenateArgs, &concatenate>()};

}  // namespace MARK1_ISA
}  // namespace mark1
