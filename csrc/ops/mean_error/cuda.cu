// mean_error on a device: the definition for a few rows by each warp, which it fetches all at once
// (cuda/staged_rows.h), with a lane for each of its threads.
#define MARK1_WARPS
#include "cuda/staged_rows.h"
#include "ops/mean_error/rows.h"

namespace mark1 {
namespace cuda {
namespace {

using Function = void (*)(const MeanErrorArgs&, const Team&);

template <class T, Function function, bool backward>
struct SomeRows {
  static constexpr bool alone = false;
  static constexpr int operands = 2;
  using Element = T;
  struct Args {
    MeanErrorArgs problem;
    gpu::RowStage stage;
    bool staged;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    MeanErrorArgs problem = args.problem;
    const int warp = block.thread() / kLanes, together = args.stage.together;
    const int64_t row = (block.index() * gpu::kRowWarps + warp) * together, n = problem.n;
    if (row >= problem.rows) return;
    // The same problem over these rows alone.
    problem.rows = problem.rows - row < together ? problem.rows - row : together;
    const T* t = static_cast<const T*>(problem.t) + row * n;
    const T* x = static_cast<const T*>(problem.x) + row * n;
    if (args.staged) {
      T* stage = block.shared<T>() + warp * operands * args.stage.elements;
      gpu::fetch_row(t, problem.rows * n, stage);
      gpu::fetch_row(x, problem.rows * n, stage + args.stage.elements);
      gpu::await_rows();
      t = stage;
      x = stage + args.stage.elements;
    }
    problem.t = t;
    problem.x = x;
    problem.out = static_cast<T*>(problem.out) + (backward ? row * n : row);
    if (backward) problem.dy = static_cast<const T*>(problem.dy) + row;
    function(problem, Team{0, 1, nullptr});
  }
};

template <class T, Function function, bool backward>
void queue_rows(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const MeanErrorArgs*>(bytes);
  if (args.rows == 0) return;
  auto stage = gpu::RowStage::of<T>(args.n, 2, 4);
  const bool staged = stage.together > 0;
  if (!staged) stage = {1, 0};
  gpu::queue_staged<SomeRows<T, function, backward>>({args, stage, staged}, args.rows, team.sync);
}

}  // namespace

#define MARK1_ROWS(function, Formula, backward)                  \
  {                                                              \
    {&queue_rows<float, &function<float, Formula>, backward>}, { \
      &queue_rows<double, &function<double, Formula>, backward>  \
    }                                                            \
  }

extern const MeanErrorKernels mean_error_kernels;
const MeanErrorKernels mean_error_kernels = {
    {MARK1_ROWS(forward, Squared, false), MARK1_ROWS(forward, Absolute, false)},
    {MARK1_ROWS(backward, Squared, true), MARK1_ROWS(backward, Absolute, true)},
};

}  // namespace cuda
}  // namespace mark1
