// Cross-entropy on a device: the definition for a few rows by each warp, with a lane for each of
// its threads, and rows in shared memory between passes (cuda/staged_rows.h); of a few classes, a
// lane has a row, and of many, a block (cuda/row_by_block.h).
#pragma once

#include "cuda/row_by_block.h"
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

template <class T, class Formula>
struct Long {
  static constexpr bool alone = false;
  // The second: targets, which losses and gradients of probabilities read in turn with x.
  static constexpr int operands = Formula::dense && !Formula::backward ? 2 : 1;
  static constexpr int most_threads = gpu::kRowBlockWarps * 32;
  struct Args {
    CrossEntropyArgs problem;
    gpu::LongRowStage stage;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const CrossEntropyArgs& problem = args.problem;
    const int64_t r = block.index(), label = Formula::dense ? 0 : valid_label(problem, r);
    const RowByBlock<T> reader(block, args.stage);
    LossRow<T, RowByBlock<T>> row(problem, r, Formula::dense, reader);
    if constexpr (Formula::backward) {
      // In one pass.
      Formula::of(row, static_cast<const T*>(problem.dy)[r],
                  static_cast<T*>(problem.out) + r * problem.n, label);
    } else {
      row.x = reader.fetch(0, row.x, row.n);
      if (Formula::dense) row.t = reader.fetch(1, row.t, row.n);
      if (reader.staged()) reader.await();
      T* stats = row.stats;
      T own[3];
      row.stats = own;
      const T loss = Formula::of(row, label);
      if (block.thread() != 0) return;
      for (int i = 0; i < 3; ++i) stats[i] = own[i];
      static_cast<T*>(problem.out)[r] = loss;
    }
  }
};

template <class T, class Formula, Function function>
void queue_rows(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const CrossEntropyArgs*>(bytes);
  if (args.rows == 0) return;
  const bool few = !Formula::dense && args.n <= narrow_limit;
  auto stage = few ? gpu::RowStage{kLanes, 0} : gpu::RowStage::of<T>(args.n, 1, 4);
  const bool staged = !few && stage.together > 0;
  if (!few && !staged && args.n > 0) {
    using Body = Long<T, Formula>;
    const auto kept = Formula::backward ? gpu::LongRowStage::of_one_pass<T>(args.n)
                                        : gpu::LongRowStage::of<T>(args.n, Body::operands);
    return queue_long_rows<Body>({args, kept}, args.rows, team.sync);
  }
  if (stage.together == 0) stage = {1, 0};
  const int64_t target =
      Formula::dense ? args.n * static_cast<int64_t>(sizeof(T)) : size_of_label(args.label);
  gpu::queue_staged<SomeRows<T, function>>({args, stage, staged, Formula::backward, target},
                                           args.rows, team.sync);
}

template <class T, class Formula, Function function>
constexpr Kernel<CrossEntropyArgs> row_kernel() {
  return Kernel<CrossEntropyArgs>{&queue_rows<T, Formula, function>};
}

}  // namespace
}  // namespace cuda
}  // namespace mark1
