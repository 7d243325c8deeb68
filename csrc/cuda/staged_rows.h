// Rows in shared memory, for kernels with a warp for every member (MARK1_WARPS) that read their
// rows more than once: a warp fetches all of its rows at once, and memory is read once. 16 KB per
// warp are 12 warps and 192 KB on their way to a multiprocessor.
#pragma once

#include "core/kernel.h"
#include "cuda/packets.h"

namespace mark1::gpu {
namespace {

inline constexpr int kRowWarps = 4;  // of a block

// How rows of n elements are shared out: `together` rows for a warp, or 0 if one is too long.
struct RowStage {
  int together = 0;
  int64_t elements = 0;  // of one operand of a warp

  template <class T>
  static RowStage of(int64_t n, int operands, int most) {
    const int64_t room = (16 << 10) / (operands * static_cast<int64_t>(sizeof(T)));
    const int rows = n <= 0 || n > room ? 0 : most * n <= room ? most : 1;
    // Multiples of 16 bytes, so that every operand can be fetched by packets.
    return {rows, (rows * n + 3) / 4 * 4};
  }
};

// Begins to copy `count` elements; lanes have neighbouring packets.
template <class T>
MARK1_DEVICE void fetch_row(const T* from, int64_t count, T* to) {
  constexpr int n = packet_of<T>;
  int64_t done = 0;
  if (Packet<T, n>::fits(from)) {
    for (int64_t i = lane() * n; i + n <= count; i += 32 * n) copy_ahead<16>(to + i, from + i, 16);
    done = count / n * n;
  }
  constexpr int bytes = sizeof(T);
  for (int64_t i = done + lane(); i < count; i += 32) copy_ahead<bytes>(to + i, from + i, bytes);
}
MARK1_DEVICE inline void await_rows() {
  close_copies();
  await_copies<0>();
  sync_warp();
}

// Body: Args with `rows`, `n` and `stage`, operands (1 or 2), Element, and
// run_rows<kRows>(args, first row, shared memory of the warp) and fetch.
template <class Body>
void queue_staged(const typename Body::Args& args, int64_t rows, void* stream) {
  const int64_t warps = (rows + args.stage.together - 1) / args.stage.together;
  const int64_t bytes = kRowWarps * Body::operands * args.stage.elements *
                        static_cast<int64_t>(sizeof(typename Body::Element));
  queue<Body>(args, {(warps + kRowWarps - 1) / kRowWarps, kRowWarps * 32, bytes}, stream);
}

}  // namespace
}  // namespace mark1::gpu
