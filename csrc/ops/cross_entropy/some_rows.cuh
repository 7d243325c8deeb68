// Cross-entropy on a device: the definition for a few rows by each warp, with a lane for each of
// its threads. Rows wait in shared memory between passes if they fit (cuda/staged_rows.h); of a few
// classes, a lane has a row.
#pragma once

#include "cuda/staged_rows.h"
#include "ops/cross_entropy/narrow.h"

namespace mark1 {
namespace cuda {
namespace {

using Function = void (*)(const CrossEntropyArgs&, const Team&);

// Bytes of a class number.
int64_t size_of_label(DType label) {
  if (label == DType::kBool || label == DType::kU8) return 1;
  return label == DType::kI32 || label == DType::kF32 ? 4 : 8;
}

template <class T, Function function>
struct SomeRows {
  static constexpr bool alone = false;
  static constexpr int operands = 1;
  using Element = T;
  struct Args {
    CrossEntropyArgs problem;
    gpu::RowStage stage;
    bool staged, backward;
    int64_t target_bytes;  // of a row
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    CrossEntropyArgs problem = args.problem;
    const int warp = block.thread() / kLanes, together = args.stage.together;
    const int64_t row = (block.index() * gpu::kRowWarps + warp) * together, n = problem.n;
    if (row >= problem.rows) return;
    // The same problem over these rows alone.
    problem.rows = problem.rows - row < together ? problem.rows - row : together;
    problem.target = static_cast<const char*>(problem.target) + row * args.target_bytes;
    problem.x = static_cast<const T*>(problem.x) + row * n;
    problem.stats = static_cast<T*>(problem.stats) + 3 * row;
    problem.out = static_cast<T*>(problem.out) + (args.backward ? row * n : row);
    if (args.backward) problem.dy = static_cast<const T*>(problem.dy) + row;
    if (args.staged) {
      T* x = block.shared<T>() + warp * args.stage.elements;
      gpu::fetch_row(static_cast<const T*>(problem.x), problem.rows * n, x);
      gpu::await_rows();
      problem.x = x;
    }
    function(problem, Team{0, 1, nullptr});
  }
};

template <class T, Function function, bool dense, bool backward>
void queue_rows(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const CrossEntropyArgs*>(bytes);
  if (args.rows == 0) return;
  const bool few = !dense && args.n <= narrow_limit;
  auto stage = few ? gpu::RowStage{kLanes, 0} : gpu::RowStage::of<T>(args.n, 1, 4);
  const bool staged = !few && stage.together > 0;
  if (stage.together == 0) stage = {1, 0};
  const int64_t target =
      dense ? args.n * static_cast<int64_t>(sizeof(T)) : size_of_label(args.label);
  gpu::queue_staged<SomeRows<T, function>>({args, stage, staged, backward, target}, args.rows,
                                           team.sync);
}

template <class T, Function function, bool dense, bool backward>
constexpr Kernel<CrossEntropyArgs> row_kernel() {
  return Kernel<CrossEntropyArgs>{&queue_rows<T, function, dense, backward>};
}

}  // namespace
}  // namespace cuda
}  // namespace mark1
