// concatenate by whole pieces; members share the bytes of the output, so one row is shared as well.
#include "ops/concatenate/concatenate.h"
#include "simd/move.h"

namespace mark1 {
namespace MARK1_ISA {

extern const ConcatenateKernels concatenate_kernels;

namespace {

// Rows of n elements, one of each of n pieces. What is read of the arguments is copied first, as
// what is stored might be the arguments for all a compiler knows.
template <class T, int n>
void interleave_rows(const ConcatenateArgs& args, Range rows) {
  const char* x[n];
  int64_t step[n];
  for (int p = 0; p < n; ++p) {
    x[p] = args.pieces[p].x;
    step[p] = args.pieces[p].stride;
  }
  const int64_t stride = args.stride;
  char* out = args.out + args.start;
  for (int64_t row = rows.begin; row < rows.end; ++row) {
#pragma GCC unroll 4
    for (int p = 0; p < n; ++p) {
      __builtin_memcpy(out + row * stride + p * static_cast<int64_t>(sizeof(T)),
                       x[p] + row * step[p], sizeof(T));
    }
  }
}

// Pieces of one element each, as when vectors become the columns of a matrix.
template <class T>
bool interleave(const ConcatenateArgs& args, const Team& team) {
  for (int p = 0; p < args.count; ++p) {
    if (args.pieces[p].bytes != sizeof(T)) return false;
  }
  const Range rows = static_range(args.rows, 64, team);
  if (args.count == 2) {
    interleave_rows<T, 2>(args, rows);
    return true;
  }
  if (args.count == 3) {
    interleave_rows<T, 3>(args, rows);
    return true;
  }
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
