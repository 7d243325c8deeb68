// The kernels of ops/gemm/wgmma.cuh, and how they are queued.
#include "ops/gemm/wgmma.cuh"

namespace mark1::cuda {
namespace {

// An operand: lines are rows of a or columns of b, terms those of sums. A step of 0 between
// matrices: all products have the same.
struct GroupOperand {
  const void* first;
  int64_t line_step, term_step, lines, terms, matrices, matrix_step;

  bool across() const { return line_step == 1 && term_step != 1; }
  bool steps() const { return matrices > 1 && matrix_step != 0; }

  // What the copy engine asks for.
  bool lies_well() const {
    constexpr int64_t kUnit = 8, kMost = int64_t{1} << 30;  // numbers: 16 bytes; 32-bit places
    const int64_t step = across() ? term_step : line_step;
    return (line_step == 1 || term_step == 1) && step > 0 && step % kUnit == 0 && step < kMost &&
           (!steps() || (matrix_step > 0 && matrix_step % kUnit == 0)) && lines < kMost &&
           terms < kMost && matrices < kMost && reinterpret_cast<uintptr_t>(first) % 16 == 0;
  }

  bool make_map(gpu::TensorMap& map, int box_lines) const {
    const int64_t inner = across() ? lines : terms, outer = across() ? terms : lines;
    const int64_t step = 2 * (across() ? term_step : line_step);
    const auto size = [](int64_t n) { return static_cast<uint64_t>(n); };
    return gpu::make_map(map, {first,
                               {size(inner), size(outer), size(steps() ? matrices : 1)},
                               {size(step), size(steps() ? 2 * matrix_step : step * outer)},
                               static_cast<uint32_t>(across() ? 64 : box_lines)});
  }
};

GroupOperand left_of(const GemmArgs& g) {
  return {g.a, g.a_row, g.a_col, g.m, g.k, g.batch.count, g.batch.axes ? g.batch.a_step[0] : 0};
}
GroupOperand right_of(const GemmArgs& g) {
  return {g.b, g.b_col, g.b_row, g.n, g.k, g.batch.count, g.batch.axes ? g.batch.b_step[0] : 0};
}

template <class Format, bool kAcrossA, bool kAcrossB>
void queue_kind(const GroupArgs& args, const void* stream) {
  using Body = GroupProduct<Format, kAcrossA, kAcrossB>;
  const WarpgroupProduct& job = args.job;
  const int64_t items =
      args.tile_rows * args.tile_columns * job.product.gemm.batch.count * job.parts;
  const int64_t most = job.blocks / job.cluster, clusters = items < most ? items : most;
  gpu::queue_clusters<Body>(args, {clusters * job.cluster, Body::most_threads, Body::shared_bytes},
                            job.cluster, stream);
}

template <class Format>
void queue_format(const GroupArgs& args, bool a_across, bool b_across, const void* stream) {
  if (a_across) {
    b_across ? queue_kind<Format, true, true>(args, stream)
             : queue_kind<Format, true, false>(args, stream);
  } else {
    b_across ? queue_kind<Format, false, true>(args, stream)
             : queue_kind<Format, false, false>(args, stream);
  }
}

}  // namespace

bool fits_warpgroups(const GemmArgs& g) {
  return g.m > 0 && g.n > 0 && g.k > 0 && g.batch.axes <= 1 && left_of(g).lies_well() &&
         right_of(g).lies_well();
}

bool ends_in_warpgroups(GemmActivation activation) {
  return !activation || reinterpret_cast<intptr_t>(activation) == relu_place() + 1;
}

bool queue_warpgroups(const WarpgroupProduct& job, const void* stream) {
  const GemmArgs& g = job.product.gemm;
  const GroupOperand a = left_of(g), b = right_of(g);
  GroupArgs args = {};
  args.job = job;
  const int64_t high = int64_t{kWarpgroupRows} * job.cluster;
  args.tile_rows = (g.m + high - 1) / high;
  args.tile_columns = (g.n + kWarpgroupColumns - 1) / kWarpgroupColumns;
  args.a_steps = a.steps();
  args.b_steps = b.steps();
  args.y_step = g.batch.axes ? g.batch.y_step[0] : 0;
  const void* y = job.to_workspace ? g.workspace : g.y;
  args.wide = (job.to_workspace ? g.n % 4 == 0 : g.y_row % 4 == 0 && args.y_step % 4 == 0) &&
              reinterpret_cast<uintptr_t>(y) % sizeof(Pair) == 0;
  if (!a.make_map(args.a, kWarpgroupRows) || !b.make_map(args.b, kWarpgroupColumns / 2)) {
    return false;
  }
  job.number == NarrowNumber::kBFloat16
      ? queue_format<Bf16Format>(args, a.across(), b.across(), stream)
      : queue_format<F16Format>(args, a.across(), b.across(), stream);
  return true;
}

}  // namespace mark1::cuda
