// softmax on a device: a warp for every four rows, which it keeps in shared memory between its
// passes (cuda/staged_rows.h), and a lane for each of its threads. Longer rows have a block each
// (cuda/row_by_block.h); of a few elements, each lane has one.
#define MARK1_WARPS
#include "cuda/row_by_block.h"
#include "cuda/staged_rows.h"
#include "ops/softmax/tables.h"

namespace mark1 {
namespace cuda {
namespace {

template <class Rows, class T, bool backward>
struct Staged {
  static constexpr bool alone = false;
  static constexpr int operands = backward ? 2 : 1;
  using Element = T;
  struct Args {
    SoftmaxArgs problem;
    gpu::RowStage stage;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    SoftmaxArgs problem = args.problem;
    const int warp = block.thread() / kLanes, together = args.stage.together;
    const int64_t row = (block.index() * gpu::kRowWarps + warp) * together, n = problem.n;
    if (row >= problem.rows) return;
    const int64_t left = problem.rows - row, count = left < together ? left : together;
    T* x = block.shared<T>() + warp * operands * args.stage.elements;
    gpu::fetch_row(static_cast<const T*>(problem.x) + row * n, count * n, x);
    if constexpr (backward) {
      T* dy = x + args.stage.elements;
      gpu::fetch_row(static_cast<const T*>(problem.dy) + row * n, count * n, dy);
      problem.dy = dy;
    }
    gpu::await_rows();
    // The same problem over these rows alone.
    problem.x = x;
    problem.out = static_cast<T*>(problem.out) + row * n;
    constexpr int most = rows_at_once<T>();
    if (count == most) return run_rows<most>(problem, 0);
    for (int64_t r = 0; r < count; ++r) run_rows<1>(problem, r);
  }

  template <int kRows>
  static MARK1_DEVICE void run_rows(const SoftmaxArgs& problem, int64_t row) {
    Block<T> block(problem, row, false);
    block.waiting = const_cast<T*>(block.x);  // what was x is not read any more
    Rows::template run<kRows>(block, RowByOne<T>());
  }
};

template <class Rows, class T, bool backward>
struct Long {
  static constexpr bool alone = false;
  static constexpr int operands = backward ? 2 : 1, most_threads = gpu::kRowBlockWarps * 32;
  struct Args {
    SoftmaxArgs problem;
    gpu::LongRowStage stage;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const RowByBlock<T> reader(block, args.stage);
    Block<T> row(args.problem, block.index(), false);
    row.x = reader.fetch(0, row.x, row.n);
    if constexpr (backward) row.dy = reader.fetch(1, row.dy, row.n);
    if (reader.staged()) {
      reader.await();
      row.waiting = const_cast<T*>(row.x);
    }
    Rows::template run<1>(row, reader);
  }
};

template <class Rows, class T, bool backward>
void queue_rows(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const SoftmaxArgs*>(bytes);
  using Body = Staged<Rows, T, backward>;
  const auto stage = gpu::RowStage::of<T>(args.n, Body::operands, rows_at_once<T>());
  if (stage.together == 0) {
    using Body = Long<Rows, T, backward>;
    const auto long_stage = gpu::LongRowStage::of<T>(args.n, Body::operands);
    return queue_long_rows<Body>({args, long_stage}, args.n > 0 ? args.rows : 0, team.sync);
  }
  gpu::queue_staged<Body>({args, stage}, args.rows, team.sync);
}

template <class T>
void queue_softmax(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const SoftmaxArgs*>(bytes);
  if (args.n > 0 && args.n <= narrow_limit) {
    return queue_members<SoftmaxArgs, &narrow_softmax<T>>(bytes, team);
  }
  queue_rows<SoftmaxRows, T, false>(bytes, team);
}

}  // namespace

#define MARK1_ROWS(Rows, backward)          \
  {                                         \
    {&queue_rows<Rows, float, backward>}, { \
      &queue_rows<Rows, double, backward>   \
    }                                       \
  }

extern const SoftmaxKernels softmax_kernels;
const SoftmaxKernels softmax_kernels = {
    {{&queue_softmax<float>}, {&queue_softmax<double>}},
    MARK1_ROWS(LogSoftmaxRows, false),
    MARK1_ROWS(SoftmaxBackwardRows, true),
    MARK1_ROWS(LogSoftmaxBackwardRows, true),
};

}  // namespace cuda
}  // namespace mark1
