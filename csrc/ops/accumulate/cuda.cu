// accumulate on a device: every step of training does it, for its loss and its metrics. A warp for
// each segment, whose 32 threads are the lanes of the row rule; one grid where a block has enough
// of them, else a second one puts the totals together.
#include "cuda/block.h"
#include "ops/accumulate/accumulate.h"

namespace mark1::cuda {

extern const AccumulateKernels accumulate_kernels;

namespace {

constexpr int kAhead = 8;  // loads on their way to a thread

// Sums of one segment, in lane 0; all of a warp must come.
template <class T>
struct Sums {
  T products = 0, weights = 0;

  MARK1_DEVICE Sums(const AccumulateArgs& args, int64_t segment) {
    const auto* values = static_cast<const T*>(args.values);
    const auto* given = static_cast<const T*>(args.weights);
    const int64_t begin = segment * kAccumulateSegment, after = begin + kAccumulateSegment;
    const int64_t end = after < args.n ? after : args.n;
    for (int64_t first = begin + gpu::lane(); first < end; first += 32 * kAhead) {
      T value[kAhead], weight[kAhead];
#pragma unroll
      for (int j = 0; j < kAhead; ++j) {
        const int64_t i = first + 32 * j;
        value[j] = i < end ? values[i] : T(0);
        weight[j] = given && i < end ? given[i] : T(0);
      }
#pragma unroll
      for (int j = 0; j < kAhead; ++j) {
        if (first + 32 * j >= end) break;
        products = products + (given ? value[j] * weight[j] : value[j]);
        weights = weights + weight[j];
      }
    }
#pragma unroll
    for (int half = 16; half > 0; half /= 2) {
      products = products + gpu::shuffle_down(products, half);
      weights = weights + gpu::shuffle_down(weights, half);
    }
  }
};

template <class T, class Total>
MARK1_DEVICE void add(const AccumulateArgs& args, T products, T weights) {
  auto* total = static_cast<Total*>(args.total);
  total[0] = total[0] + static_cast<Total>(products);
  total[1] = total[1] + (args.weights ? static_cast<Total>(weights) : static_cast<Total>(args.n));
}

// Few segments, which are one group: a block has them all.
template <class T, class Total>
struct AddInBlock {
  static constexpr bool alone = false;
  using Args = AccumulateArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int warps = block.threads() / 32, warp = block.thread() / 32;
    const Sums<T> sums(args, warp);
    auto* all = block.shared<T>();
    if (gpu::lane() == 0) {
      all[warp] = sums.products;
      all[warps + warp] = sums.weights;
    }
    block.sync();
    if (block.thread() != 0) return;
    T products = all[0], weights = all[warps];
    for (int w = 1; w < warps; ++w) {
      products = products + all[w];
      weights = weights + all[warps + w];
    }
    add<T, Total>(args, products, weights);
  }
};

constexpr int kWarps = 8;

template <class T>
struct SumSegments {
  static constexpr bool alone = false;
  using Args = AccumulateArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t segment = block.index() * kWarps + block.thread() / 32;
    if (segment >= args.segments) return;
    const Sums<T> sums(args, segment);
    if (gpu::lane() != 0) return;
    auto* totals = static_cast<T*>(args.totals);
    totals[segment] = sums.products;
    totals[args.segments + segment] = sums.weights;
  }
};

// A warp for the products' totals and one for the weights', with a group of 64 for each lane.
template <class T, class Total>
struct AddTotals {
  static constexpr bool alone = false;
  using Args = AccumulateArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    auto* both = block.shared<T>();
    const int warp = block.thread() / 32;
    const T sum = grouped(static_cast<const T*>(args.totals) + warp * args.segments, args.segments);
    if (gpu::lane() == 0) both[warp] = sum;
    block.sync();
    if (block.thread() == 0) add<T, Total>(args, both[0], both[1]);
  }

  static MARK1_DEVICE T grouped(const T* totals, int64_t count) {
    constexpr int group = 64;
    T all = 0;
    for (int64_t first = 0; first < count; first += 32 * group) {
      const int64_t begin = first + gpu::lane() * group;
      const int64_t end = begin + group < count ? begin + group : count;
      T sum = begin < count ? totals[begin] : T(0);
      for (int64_t i = begin + 1; i < end; i += kAhead) {
        T next[kAhead];
#pragma unroll
        for (int j = 0; j < kAhead; ++j) next[j] = i + j < end ? totals[i + j] : T(0);
#pragma unroll
        for (int j = 0; j < kAhead; ++j) {
          if (i + j < end) sum = sum + next[j];
        }
      }
      for (int lane = 0; lane < 32; ++lane) {
        const T next = gpu::shuffle(sum, lane);
        if (first + lane * group < count) all = first + lane == 0 ? next : all + next;
      }
    }
    return all;
  }
};

template <class T, class Total>
void queue_accumulate(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const AccumulateArgs*>(bytes);
  const int64_t bytes_of_two = 2 * static_cast<int64_t>(sizeof(T));
  if (!args.totals) {
    const int warps = args.segments > 0 ? static_cast<int>(args.segments) : 1;
    gpu::queue<AddInBlock<T, Total>>(args, {1, 32 * warps, warps * bytes_of_two}, team.sync);
    return;
  }
  gpu::queue<SumSegments<T>>(args, {(args.segments + kWarps - 1) / kWarps, 32 * kWarps, 0},
                             team.sync);
  gpu::queue<AddTotals<T, Total>>(args, {1, 64, bytes_of_two}, team.sync);
}

}  // namespace

extern const AccumulateKernels accumulate_kernels;
const AccumulateKernels accumulate_kernels = {{
    {{&queue_accumulate<float, float>}, {&queue_accumulate<float, double>}},
    {{&queue_accumulate<double, float>}, {&queue_accumulate<double, double>}},
}};

}  // namespace mark1::cuda
