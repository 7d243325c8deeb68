// The factors of clipping on a device: norm.h with a warp for each piece of a gradient, then one
// for each row, then one for all rows. Batches of rows come with the arguments (rows.cuh).
#define MARK1_WARPS
#include "core/kernel.h"
#include "ops/update/loss_scale.h"
#include "ops/update/norm.h"
#include "ops/update/rows.cuh"

namespace mark1 {
namespace cuda {
namespace {

constexpr int kWarp = 32;

struct NormBatch {
  NormArgs norm;
  RowBatch batch;
  int64_t before;  // pieces of earlier batches
};

MARK1_DEVICE inline int64_t warp_of(const gpu::Block& block) {
  return (block.index() * block.threads() + block.thread()) / kWarp;
}

struct PieceSums {
  static constexpr bool alone = false;
  using Args = NormBatch;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const Step step(args.norm.update);
    const int64_t piece = warp_of(block);
    if (!step.updates || piece >= args.batch.parts) return;
    const int found = args.batch.find(piece);
    const Segment& row = args.batch.rows[found];
    const int64_t begin = (piece - args.batch.first[found]) * kNormPiece, n = row.end - row.begin;
    const int64_t end = n - begin < kNormPiece ? n : begin + kNormPiece;
    // All lanes come to the same sum.
    const double sum = row.precision == 0
                           ? sum_of_squares<float>(args.norm, step, row, begin, end)
                           : sum_of_squares<double>(args.norm, step, row, begin, end);
    if (lane() == 0) args.norm.totals[args.before + piece] = sum;
  }
};

// As `added`, a group of 64 totals in each lane.
template <class T>
MARK1_DEVICE inline double added_by_lanes(const double* totals, int64_t count) {
  constexpr int group = 64;
  T all = 0;
  for (int64_t first = 0; first < count; first += kWarp * group) {
    const int64_t begin = first + lane() * group;
    const int64_t rest = count - begin;
    T sum = 0;
    if (rest > 0) sum = T(added<T>(totals + begin, rest < group ? rest : group));
    for (int k = 0; k < kWarp && first + k * group < count; ++k) {
      const T next = of_lane(sum, k);
      all = first + k == 0 ? next : all + next;
    }
  }
  return all;
}

struct RowSums {
  static constexpr bool alone = false;
  using Args = NormBatch;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const NormArgs& norm = args.norm;
    const auto r = static_cast<int>(warp_of(block));
    if (!Step(norm.update).updates || r >= args.batch.count) return;
    const Segment& row = args.batch.rows[r];
    const double* totals = norm.totals + args.before + args.batch.first[r];
    const int64_t count = pieces_of(row), number = args.batch.number[r];
    const double sum = row.precision == 0 ? added_by_lanes<float>(totals, count)
                                          : added_by_lanes<double>(totals, count);
    if (lane() != 0) return;
    norm.sums[number] = sum;
    if (!norm.global) norm.factors[number] = factor_of(sum, norm.limit);
  }
};

struct GlobalFactor {
  static constexpr bool alone = false;
  using Args = NormArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block&) {
    if (Step(args.update).updates) global_factor(args);
  }
};

int64_t pieces(const Segment& row) {
  return row.gradient ? (row.end - row.begin + kNormPiece - 1) / kNormPiece : 0;
}

void queue_factors(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const NormArgs*>(bytes);
  NormBatch batch = {args, {}, 0};
  for (int64_t r = 0; r < args.update.count; ++r) {
    const Segment& row = args.update.rows[r];
    batch.batch.add(row, r, pieces(row));
    if (batch.batch.count < kRowsAtOnce && r + 1 < args.update.count) continue;
    if (batch.batch.parts > 0) {
      gpu::queue<PieceSums>(batch, threads_for(batch.batch.parts * kWarp), team.sync);
    }
    gpu::queue<RowSums>(batch, threads_for(int64_t{batch.batch.count} * kWarp), team.sync);
    batch.before += batch.batch.parts;
    batch.batch = {};
  }
  if (args.global) gpu::queue<GlobalFactor>(args, {1, kWarp, 0}, team.sync);
}

struct MarkBatch {
  LossScaleArgs scale;
  RowBatch batch;
  int64_t before;  // pieces of earlier batches
};

// A warp per piece.
struct Marks {
  static constexpr bool alone = false;
  using Args = MarkBatch;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t piece = warp_of(block);
    if (piece >= args.batch.parts) return;
    const int found = args.batch.find(piece);
    const uint8_t mark = mark_of(args.batch.rows[found], piece - args.batch.first[found]);
    if (lane() == 0) args.scale.marks[args.before + piece] = mark;
  }
};

void queue_marks(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const LossScaleArgs*>(bytes);
  MarkBatch batch = {args, {}, 0};
  for (int64_t r = 0; r < args.update.count; ++r) {
    const Segment& row = args.update.rows[r];
    const int64_t n = row.gradient ? row.end - row.begin : 0;
    batch.batch.add(row, r, (n + kScalePiece - 1) / kScalePiece);
    if (batch.batch.count < kRowsAtOnce && r + 1 < args.update.count) continue;
    if (batch.batch.parts > 0) {
      gpu::queue<Marks>(batch, threads_for(batch.batch.parts * kWarp), team.sync);
    }
    batch.before += batch.batch.parts;
    batch.batch = {};
  }
}

// As many members as a block has.
void queue_judge(const void* args, const Team& team) {
  queue_meeting<LossScaleArgs, &judge>(args, {0, kMeetingThreads * kMemberWork, team.sync});
}

}  // namespace

const UpdateKernels update_kernels = {
    {&queue_factors},
    {&queue_marks},
    {&queue_judge},
    make_kernel<LossScaleArgs, &rescale>(),
};

}  // namespace cuda
}  // namespace mark1
