// layer_norm on a device: a warp for every four rows, which it keeps in shared memory between its
// passes (cuda/staged_rows.h), and a lane for each of its threads; a block for long ones
// (cuda/row_by_block.h). Gradients of scale and offset are grids of their own, since their sums go
// down the rows: they read x and dy once more.
#define MARK1_WARPS
#include "cuda/row_by_block.h"
#include "cuda/staged_rows.h"
#include "ops/layer_norm/rows.h"

namespace mark1 {
namespace cuda {
namespace {

MARK1_DEVICE inline int64_t warp_of(const gpu::Block& block) {
  return (block.index() * block.threads() + block.thread()) / kLanes;
}

// Forward (one operand) or the gradient of x (two), over rows in shared memory.
template <class T, RowNorm kind, int given>
struct Staged {
  static constexpr bool alone = false;
  static constexpr int operands = given, most = rows_at_once<T, given>();
  using Element = T;
  struct Args {
    LayerNormArgs problem;
    gpu::RowStage stage;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    LayerNormArgs problem = args.problem;
    const int warp = block.thread() / kLanes, together = args.stage.together;
    const int64_t row = (block.index() * gpu::kRowWarps + warp) * together, n = problem.n;
    if (row >= problem.rows) return;
    const int64_t left = problem.rows - row, count = left < together ? left : together;
    T* x = block.shared<T>() + warp * operands * args.stage.elements;
    T* dy = x + args.stage.elements;
    gpu::fetch_row(static_cast<const T*>(problem.x) + row * n, count * n, x);
    if (given == 2) gpu::fetch_row(static_cast<const T*>(problem.dy) + row * n, count * n, dy);
    gpu::await_rows();
    // Where row 0 would be.
    problem.x = x - row * n;
    if (given == 2) problem.dy = dy - row * n;
    if (count == most) return run_rows<most>(problem, row);
    for (int64_t r = row; r < row + count; ++r) run_rows<1>(problem, r);
  }

  template <int kRows>
  static MARK1_DEVICE void run_rows(const LayerNormArgs& problem, int64_t row) {
    if constexpr (given == 1) {
      forward_block<T, kind, kRows>(problem, row, false);
    } else {
      T* none = nullptr;
      backward_block<T, kind, kRows>(problem, row, none, none, false);
    }
  }
};

template <class T, RowNorm kind, int given>
struct Long {
  static constexpr bool alone = false;
  static constexpr int operands = given, most_threads = gpu::kRowBlockWarps * 32;
  struct Args {
    LayerNormArgs problem;
    gpu::LongRowStage stage;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    LayerNormArgs problem = args.problem;
    const RowByBlock<T> reader(block, args.stage);
    const int64_t row = block.index(), n = problem.n;
    // Where row 0 would be.
    problem.x = reader.fetch(0, static_cast<const T*>(problem.x) + row * n, n) - row * n;
    if constexpr (given == 2) {
      problem.dy = reader.fetch(1, static_cast<const T*>(problem.dy) + row * n, n) - row * n;
    }
    if (reader.staged()) reader.await();
    if constexpr (given == 1) {
      forward_block<T, kind, 1>(problem, row, false, reader);
    } else {
      T* none = nullptr;
      backward_block<T, kind, 1>(problem, row, none, none, false, reader);
    }
  }
};

// Rows of which several fit a warp's share of shared memory by warps, others by blocks.
template <class T, RowNorm kind, int given>
void queue_each_row(const LayerNormArgs& args, void* stream) {
  if (args.n == 0 || args.rows == 0) return;
  using Body = Staged<T, kind, given>;
  const auto stage = gpu::RowStage::of<T>(args.n, given, Body::most);
  if (stage.together > 0) return gpu::queue_staged<Body>({args, stage}, args.rows, stream);
  using LongBody = Long<T, kind, given>;
  queue_long_rows<LongBody>({args, gpu::LongRowStage::of<T>(args.n, given)}, args.rows, stream);
}

// Totals of a chunk of rows: a warp for every 32 columns.
template <class T>
struct Totals {
  static constexpr bool alone = false;
  using Args = LayerNormArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t across = (args.n + kLanes - 1) / kLanes, chunk = warp_of(block) / across;
    const int64_t c = warp_of(block) % across * kLanes;
    if (chunk * kNormChunk >= args.rows) return;
    const int count = args.n - c < kLanes ? int(args.n - c) : kLanes;
    const Range rows = rows_of_chunk(args, chunk);
    const GradientRows<T> at(args, rows.begin);
    Vec<T> dscale(T(0)), doffset(T(0));
#pragma unroll 4
    for (int r = 0; r < rows.end - rows.begin; ++r) {
      const Vec<T> dy = at.slope(r, c, count);
      dscale = fma(dy, at.h(r, c, count), dscale);
      doffset = doffset + dy;
    }
    const ChunkTotals<T> total(args, chunk);
    if (total.dscale) dscale.store(total.dscale + c, count);
    if (total.doffset) doffset.store(total.doffset + c, count);
  }
};

template <class T>
struct FoldTotals {
  static constexpr bool alone = false;
  using Args = LayerNormArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t c = warp_of(block) * kLanes, chunks = (args.rows + kNormChunk - 1) / kNormChunk;
    if (c >= args.n) return;
    const Range columns = {c, c + kLanes < args.n ? c + kLanes : args.n};
    fold_chunks<T>(args, chunks, 0, args.dscale, columns);
    fold_chunks<T>(args, chunks, 1, args.doffset, columns);
  }
};

template <class T, RowNorm kind>
void queue_forward(const void* bytes, const Team& team) {
  queue_each_row<T, kind, 1>(*static_cast<const LayerNormArgs*>(bytes), team.sync);
}

template <class T, RowNorm kind>
void queue_backward(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const LayerNormArgs*>(bytes);
  queue_each_row<T, kind, 2>(args, team.sync);
  if ((!args.dscale && !args.doffset) || args.n == 0) return;
  const int64_t across = (args.n + kLanes - 1) / kLanes;
  const int64_t chunks = (args.rows + kNormChunk - 1) / kNormChunk;
  if (chunks > 0) {
    gpu::queue<Totals<T>>(args, threads_for(chunks * across * kLanes), team.sync);
  }
  gpu::queue<FoldTotals<T>>(args, threads_for(across * kLanes), team.sync);
}

}  // namespace

#define MARK1_BOTH(queue, kind)       \
  {                                   \
    {&queue<float, RowNorm::kind>}, { \
      &queue<double, RowNorm::kind>   \
    }                                 \
  }

const LayerNormKernels layer_norm_kernels = {
    {MARK1_BOTH(queue_forward, kLayer), MARK1_BOTH(queue_forward, kRms),
     MARK1_BOTH(queue_forward, kUnit)},
    {MARK1_BOTH(queue_backward, kLayer), MARK1_BOTH(queue_backward, kRms),
     MARK1_BOTH(queue_backward, kUnit)},
};

}  // namespace cuda
}  // namespace mark1
