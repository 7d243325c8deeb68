// moments on a device, a lane for each thread of a warp: a warp for a few rows, a segment of one,
// or 32 columns of a chunk. A second grid puts pieces together. Rows and segments of up to 16 KB
// wait in shared memory for their second pass (cuda/staged_rows.h).
#define MARK1_WARPS
#include "cuda/divider.h"
#include "cuda/staged_rows.h"
#include "ops/moments/loops.h"

namespace mark1 {
namespace cuda {
namespace {

MARK1_DEVICE inline int64_t warp_of(const gpu::Block& block) {
  return (block.index() * block.threads() + block.thread()) / kLanes;
}

// Task: count(args), and run(args, i), which a warp does for every i below it.
template <class Task>
struct Each {
  static constexpr bool alone = false;
  using Args = MomentArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    if (warp_of(block) < Task::count(args)) Task::run(args, warp_of(block));
  }
};
template <class Task>
void queue_each(const MomentArgs& args, void* stream) {
  const int64_t warps = Task::count(args);
  if (warps > 0) gpu::queue<Each<Task>>(args, threads_for(warps * kLanes), stream);
}

template <class Rule, class T>
struct WholeRows {
  static constexpr int most = rows_at_once<T>();

  static MARK1_ANYWHERE int64_t count(const MomentArgs& args) {
    return (args.outer + most - 1) / most;
  }
  static MARK1_DEVICE void run(const MomentArgs& args, int64_t i) {
    const int64_t begin = i * most;
    if (begin + most <= args.outer) return whole_rows<Rule, most, T>(args, begin);
    for (int64_t r = begin; r < args.outer; ++r) whole_rows<Rule, 1, T>(args, r);
  }
};

MARK1_ANYWHERE inline int64_t pieces(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

template <class Rule, class T>
struct Segments {
  static MARK1_ANYWHERE int64_t count(const MomentArgs& args) {
    return args.outer * pieces(args.n, kMomentSegment);
  }
  static MARK1_DEVICE void run(const MomentArgs& args, int64_t i) {
    row_piece<Rule, T>(args, pieces(args.n, kMomentSegment), i);
  }
};

// A warp's own part of x in shared memory: rows, or a segment, from element `begin` on.
template <class T>
MARK1_DEVICE void fetch_part(MomentArgs& args, const gpu::RowStage& stage, int64_t begin,
                             int64_t count, const gpu::Block& block) {
  T* part = block.shared<T>() + block.thread() / kLanes * stage.elements;
  gpu::fetch_row(static_cast<const T*>(args.x) + begin, count, part);
  gpu::await_rows();
  args.x = part - begin;  // where element 0 would be
}

struct StagedMoments {
  static constexpr bool alone = false;
  static constexpr int operands = 1;
  struct Args {
    MomentArgs problem;
    gpu::RowStage stage;
  };
};

template <class Rule, class T>
struct StagedRows : StagedMoments {
  static constexpr int most = rows_at_once<T>();
  using Element = T;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    MomentArgs problem = args.problem;
    const int64_t row = warp_of(block) * args.stage.together, left = problem.outer - row;
    if (left <= 0) return;
    const int64_t count = left < args.stage.together ? left : args.stage.together;
    fetch_part<T>(problem, args.stage, row * problem.n, count * problem.n, block);
    if (count == most) return whole_rows<Rule, most, T>(problem, row);
    for (int64_t r = row; r < row + count; ++r) whole_rows<Rule, 1, T>(problem, r);
  }
};

template <class Rule, class T>
struct StagedSegments : StagedMoments {
  using Element = T;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    MomentArgs problem = args.problem;
    const int64_t task = warp_of(block), of_row = pieces(problem.n, kMomentSegment);
    if (task >= problem.outer * of_row) return;
    const int64_t p = task % of_row, begin = task / of_row * problem.n + p * kMomentSegment;
    fetch_part<T>(problem, args.stage, begin, size_of_piece(problem.n, p, kMomentSegment), block);
    row_piece<Rule, T>(problem, of_row, task);
  }
};

template <class Rule, class T>
struct CombineRows {
  static MARK1_ANYWHERE int64_t count(const MomentArgs& args) { return args.outer; }
  static MARK1_DEVICE void run(const MomentArgs& args, int64_t i) {
    combine_row<Rule, T>(args, pieces(args.n, kMomentSegment), i);
  }
};

// Columns by lanes: `across` warps for each row of them.
MARK1_ANYWHERE inline int64_t across(const MomentArgs& args) {
  return pieces(args.columns, kLanes);
}
MARK1_DEVICE inline int lanes_at(const MomentArgs& args, int64_t c) {
  return args.columns - c < kLanes ? int(args.columns - c) : kLanes;
}

// As `columns` does, with sums in registers.
template <class Rule, class T>
struct Chunks {
  static MARK1_ANYWHERE int64_t count(const MomentArgs& args) {
    return args.outer * pieces(args.n, kMomentChunk) * across(args);
  }
  static MARK1_DEVICE void run(const MomentArgs& args, int64_t i) {
    const int64_t c = i % across(args) * kLanes, task = i / across(args), width = args.columns;
    const int64_t chunks = pieces(args.n, kMomentChunk), p = task % chunks;
    const int64_t rows = size_of_piece(args.n, p, kMomentChunk);
    const T* x =
        static_cast<const T*>(args.x) + (task / chunks * args.n + p * kMomentChunk) * width + c;
    const int lanes = lanes_at(args, c);
    Vec<T> sum = T(Rule::start);
#pragma unroll 8
    for (int64_t r = 0; r < rows; ++r) {
      sum = typename Rule::Fold()(sum, Rule::seen(Vec<T>::load(x + r * width, lanes)));
    }
    const Vec<T> first = Rule::first(sum, Vec<T>(static_cast<T>(rows)));
    const Vec<T> about = Rule::about(first);
    Vec<T> second = T(0);
#pragma unroll 8
    for (int64_t r = 0; r < rows; ++r) {
      second = second + Rule::term(Vec<T>::load(x + r * width, lanes), about);
    }
    T* totals = static_cast<T*>(args.totals) + task * 2 * width + c;
    first.store(totals, lanes);
    second.store(totals + width, lanes);
  }
};

template <class Rule, class T>
struct CombineColumns {
  static MARK1_ANYWHERE int64_t count(const MomentArgs& args) { return args.outer * across(args); }
  static MARK1_DEVICE void run(const MomentArgs& args, int64_t i) {
    const int64_t c = i % across(args) * kLanes;
    combine_columns<Rule, T>(args, i / across(args), c, lanes_at(args, c));
  }
};

template <class Rule, class T>
void queue_rows(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const MomentArgs*>(bytes);
  if (args.outer == 0) return;
  if (pieces(args.n, kMomentSegment) == 1) {
    using Body = StagedRows<Rule, T>;
    const auto stage = gpu::RowStage::of<T>(args.n, 1, Body::most);
    if (stage.together == 0) return queue_each<WholeRows<Rule, T>>(args, team.sync);
    return gpu::queue_staged<Body>({args, stage}, args.outer, team.sync);
  }
  const auto stage = gpu::RowStage::of<T>(kMomentSegment, 1, 1);
  if (stage.together == 0) {
    queue_each<Segments<Rule, T>>(args, team.sync);
  } else {
    gpu::queue_staged<StagedSegments<Rule, T>>(
        {args, stage}, args.outer * pieces(args.n, kMomentSegment), team.sync);
  }
  queue_each<CombineRows<Rule, T>>(args, team.sync);
}

template <class Rule, class T>
void queue_columns(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const MomentArgs*>(bytes);
  queue_each<Chunks<Rule, T>>(args, team.sync);
  queue_each<CombineColumns<Rule, T>>(args, team.sync);
}

template <class Rule, class T>
constexpr Kernel<MomentArgs> rows_kernel() {
  return Kernel<MomentArgs>{&queue_rows<Rule, T>};
}
template <class Rule, class T>
constexpr Kernel<MomentArgs> columns_kernel() {
  return Kernel<MomentArgs>{&queue_columns<Rule, T>};
}

}  // namespace

const MomentsKernels moments_kernels = MARK1_MOMENTS;

}  // namespace cuda
}  // namespace mark1
