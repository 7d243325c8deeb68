// Sums and products on a device: a warp for each segment of a row, whose 32 threads are the lanes
// of the row rule; a thread for each chunk of a column. A second grid adds up the totals in order.
#include "ops/reduce/loops.h"
#include "ops/reduce/totals.h"

namespace mark1::cuda {
namespace {

constexpr int kWarp = 32;

MARK1_DEVICE inline int64_t pieces(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

template <class Op, class T>
struct SegmentTotals {
  static constexpr bool alone = false;
  using Args = ReduceArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    const int64_t segments = pieces(args.n, kReduceSegment), warp = thread / kWarp;
    if (warp >= args.outer * segments) return;
    const int64_t row = warp / segments, begin = warp % segments * kReduceSegment;
    const int64_t end = args.n - begin < kReduceSegment ? args.n : begin + kReduceSegment;
    const T* x = static_cast<const T*>(args.x) + row * args.n;
    T lane = Op::identity;
    for (int64_t i = begin + thread % kWarp; i < end; i += kWarp) lane = Op::of(lane, x[i]);
    for (int half = kWarp / 2; half > 0; half /= 2) {
      lane = Op::of(lane, gpu::shuffle_down(lane, half));
    }
    if (thread % kWarp == 0) static_cast<T*>(args.totals)[warp] = lane;
  }
};

template <class Op, class T>
struct ChunkTotals {
  static constexpr bool alone = true;
  using Args = ReduceArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    const int64_t chunks = pieces(args.n, kReduceChunk);
    if (thread >= args.outer * chunks * args.columns) return;
    const int64_t column = thread % args.columns, chunk = thread / args.columns % chunks;
    const int64_t outer = thread / args.columns / chunks, begin = chunk * kReduceChunk;
    const T* x = static_cast<const T*>(args.x) + outer * args.n * args.columns + column;
    T total = Op::identity;
    for (int64_t r = begin; r < begin + kReduceChunk && r < args.n; ++r) {
      total = Op::of(total, x[r * args.columns]);
    }
    static_cast<T*>(args.totals)[thread] = total;
  }
};

// A thread per result; totals of rows have no columns.
template <class Op, class T, int64_t kPiece>
struct AddTotals {
  static constexpr bool alone = true;
  using Args = ReduceArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    if (thread >= args.outer * args.columns) return;
    const int64_t count = pieces(args.n, kPiece);
    const T* totals = static_cast<const T*>(args.totals) +
                      thread / args.columns * count * args.columns + thread % args.columns;
    Grouped<Op, T> all;
    for (int64_t i = 0; i < count; ++i) all.add(totals[i * args.columns]);
    static_cast<T*>(args.out)[thread] = finish(args, all.result());
  }
};

template <class Op, class T>
void queue_rows(const void* bytes, const Team& team) {
  ReduceArgs args = *static_cast<const ReduceArgs*>(bytes);
  args.columns = 1;
  const int64_t segments = args.outer * ((args.n + kReduceSegment - 1) / kReduceSegment);
  if (segments > 0) {
    gpu::queue<SegmentTotals<Op, T>>(args, threads_for(segments * kWarp), team.sync);
  }
  gpu::queue<AddTotals<Op, T, kReduceSegment>>(args, threads_for(args.outer), team.sync);
}

template <class Op, class T>
void queue_columns(const void* bytes, const Team& team) {
  const ReduceArgs& args = *static_cast<const ReduceArgs*>(bytes);
  const int64_t results = args.outer * args.columns;
  const int64_t chunks = results * ((args.n + kReduceChunk - 1) / kReduceChunk);
  if (chunks > 0) gpu::queue<ChunkTotals<Op, T>>(args, threads_for(chunks), team.sync);
  gpu::queue<AddTotals<Op, T, kReduceChunk>>(args, threads_for(results), team.sync);
}

}  // namespace

#define MARK1_ALL(kernel, Op) \
  {kernel<Op, int32_t>(), kernel<Op, int64_t>(), kernel<Op, float>(), kernel<Op, double>()}
#define MARK1_MIXED(along, Whole, Op)                                   \
  {                                                                     \
    along##_kernel<Whole, int32_t>(), along##_kernel<Whole, int64_t>(), \
        {&queue_##along<Op, float>}, {                                  \
      &queue_##along<Op, double>                                        \
    }                                                                   \
  }

extern const ReduceKernels reduce_kernels;
const ReduceKernels reduce_kernels = {
    .rows = {MARK1_MIXED(rows, WrappingSum, Sum), MARK1_ALL(rows_kernel, Best<Greater>),
             MARK1_ALL(rows_kernel, Best<Less>), MARK1_MIXED(rows, WrappingProduct, Product)},
    .columns = {MARK1_MIXED(columns, WrappingSum, Sum), MARK1_ALL(columns_kernel, Best<Greater>),
                MARK1_ALL(columns_kernel, Best<Less>),
                MARK1_MIXED(columns, WrappingProduct, Product)},
    .arg_max = MARK1_ALL(arg_kernel, Greater),
    .arg_min = MARK1_ALL(arg_kernel, Less),
};

}  // namespace mark1::cuda
