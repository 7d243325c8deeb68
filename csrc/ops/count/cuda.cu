// count on a device: a warp for each row, or for long rows a block for each piece of them, whose
// counts a second grid adds up. Nothing stops early: there is nobody to wait for. Columns: a thread
// for each.
#include "ops/count/loops.h"

namespace mark1::cuda {
namespace {

constexpr int kWarps = 8, kAhead = 8;
constexpr int64_t kLongRow = 4096;

// What all lanes have counted, in lane 0.
MARK1_DEVICE int32_t of_warp(int32_t number) {
#pragma unroll
  for (int half = 16; half > 0; half /= 2) number += gpu::shuffle_down(number, half);
  return number;
}

// Elements first, first + step, ... below end.
template <class T>
MARK1_DEVICE int32_t count_strided(const T* x, int64_t first, int64_t end, int64_t step) {
  int32_t number = 0;
  for (int64_t i = first; i < end; i += kAhead * step) {
    T value[kAhead];
#pragma unroll
    for (int j = 0; j < kAhead; ++j) value[j] = i + j * step < end ? x[i + j * step] : T(0);
#pragma unroll
    for (int j = 0; j < kAhead; ++j) number += value[j] != 0;
  }
  return number;
}

template <class T>
struct CountRows {
  static constexpr bool alone = false;
  using Args = CountArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t row = block.index() * kWarps + block.thread() / 32;
    if (row >= args.outer) return;
    const T* x = static_cast<const T*>(args.x) + row * args.n;
    const int32_t number = of_warp(count_strided(x, gpu::lane(), args.n, 32));
    if (gpu::lane() == 0) finish(args, row, number);
  }
};

// Pieces of rows that are longer than one piece, or the whole of others.
template <class T>
struct CountPieces {
  static constexpr bool alone = false;
  struct Args {
    CountArgs count;
    int64_t pieces;  // of a row
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const CountArgs& a = args.count;
    const int64_t row = block.index() / args.pieces;
    const int64_t begin = (block.index() - row * args.pieces) * kCountPiece;
    const int64_t end = begin + kCountPiece < a.n ? begin + kCountPiece : a.n;
    const T* x = static_cast<const T*>(a.x) + row * a.n;
    auto* numbers = block.shared<int32_t>();
    const int32_t own =
        of_warp(count_strided(x, begin + block.thread(), end, int64_t{32} * kWarps));
    if (gpu::lane() == 0) numbers[block.thread() / 32] = own;
    block.sync();
    if (block.thread() != 0) return;
    int32_t number = 0;
    for (int w = 0; w < kWarps; ++w) number += numbers[w];
    if (args.pieces == 1) {
      finish(a, row, number);
    } else {
      a.totals[block.index()] = number;
    }
  }
};

struct AddPieces {
  static constexpr bool alone = false;
  struct Args {
    CountArgs count;
    int64_t pieces;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t row = block.index() * kWarps + block.thread() / 32;
    if (row >= args.count.outer) return;
    int64_t number = 0;
    for (int64_t p = gpu::lane(); p < args.pieces; p += 32) {
      number += args.count.totals[row * args.pieces + p];
    }
#pragma unroll
    for (int half = 16; half > 0; half /= 2) number += gpu::shuffle_down(number, half);
    if (gpu::lane() == 0) finish(args.count, row, number);
  }
};

template <class T>
void queue_rows(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const CountArgs*>(bytes);
  const int64_t by_warps = (args.outer + kWarps - 1) / kWarps;
  constexpr int threads = 32 * kWarps;
  if (args.n <= kLongRow) {
    return gpu::queue<CountRows<T>>(args, {by_warps, threads, 0}, team.sync);
  }
  const int64_t pieces = (args.n + kCountPiece - 1) / kCountPiece;
  gpu::queue<CountPieces<T>>(
      {args, pieces}, {args.outer * pieces, threads, kWarps * int64_t{sizeof(int32_t)}}, team.sync);
  if (pieces > 1) gpu::queue<AddPieces>({args, pieces}, {by_warps, threads, 0}, team.sync);
}

template <class T>
constexpr Kernel<CountArgs> rows() {
  return Kernel<CountArgs>{&queue_rows<T>};
}

}  // namespace

const CountKernels count_kernels = {MARK1_EACH(rows), MARK1_EACH(columns_kernel)};

}  // namespace mark1::cuda
