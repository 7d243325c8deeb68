// Products with few rows, or few columns: bound by the memory that the other operand, the long one,
// takes. A lane has one line of it (a row or column of the product), a warp 32, and the chunks of a
// sum are dealt to the warps of a block. So much is on its way to a multiprocessor that memory is
// busy: 8 KB per warp, 64 KB per block. Of every number that comes a thread makes kFew
// multiply-adds, which take less than the number's time up to 16.
#pragma once

#include "ops/gemm/line_parts.cuh"
#include "ops/gemm/plan.h"

namespace mark1::cuda {
namespace {

struct FewArgs {
  GemmArgs gemm;
  bool columns;  // that are few: the product is made of its transpose
  int64_t blocks_across;
  int64_t terms;  // of a block; where they are not all, totals of chunks are slots
};

template <class Number, int kFew>
struct FewShape {
  using T = Number;
  static constexpr int lines = 32, few = kFew, warps = 8, threads = 32 * warps, stages = 3;
  static constexpr int depth = 128 / sizeof(T), run = 16 / sizeof(T);
  using Long = LinePart<T, lines, depth, 32, run>;
  // Lines per k of the short operand: what a term needs comes in 16 bytes to all lanes at once.
  static constexpr int short_line = few + run, short_elements = depth * short_line;
  static constexpr int stage = Long::elements + short_elements;
  static constexpr int round = warps * few * lines;  // totals of as many chunks as there are warps
  static constexpr int outputs = (few * lines + threads - 1) / threads;  // of a thread
  static constexpr int64_t shared_bytes =
      (int64_t{warps} * stages * stage + 2 * round) * int64_t{sizeof(T)};
};

template <class Shape>
struct FewLines {
  static constexpr bool alone = false;
  using Args = FewArgs;
  using T = typename Shape::T;
  using Run = Sixteen<T>;
  static constexpr int few = Shape::few, depth = Shape::depth, parts = kGemmChunk / depth;

  // The chunks of a warp, part by part.
  class Chunks {
   public:
    MARK1_DEVICE Chunks(const Operand<T>& wide, const Operand<T>& narrow, T* shared, int64_t first,
                        int64_t k_end)
        : long_(wide, gpu::lane(), first),
          steps_(long_.steps()),
          short_(narrow),
          shared_(shared),
          fetched_(first),
          k_end_(k_end) {
      for (int s = 0; s + 1 < Shape::stages; ++s) fetch();
    }

    // Sums over the next chunk, which begins at k.
    MARK1_DEVICE void add_up(int64_t k, T (&chain)[few]) {
#pragma unroll
      for (T& sum : chain) sum = 0;
      const int64_t end = k + kGemmChunk < k_end_ ? k + kGemmChunk : k_end_;
#pragma unroll 1
      for (; k < end; k += depth) {
        gpu::await_copies<Shape::stages - 2>();
        gpu::sync_warp();  // all have what they copied, and are done with what is replaced now
        fetch();
        const T* part = shared_ + taken_ * Shape::stage;
        taken_ = taken_ + 1 < Shape::stages ? taken_ + 1 : 0;
        const T* line = part + gpu::lane() * steps_.across;
        const T* factors = part + Shape::Long::elements;
        if (end - k >= depth) {
          steps_.k == 1 ? multiply<true>(line, factors, chain)
                        : multiply<false>(line, factors, chain);
        } else {
          for (int i = 0; i < static_cast<int>(end - k); ++i) {
            multiply_one(line[i * steps_.k], factors + i * Shape::short_line, chain);
          }
        }
      }
    }

   private:
    MARK1_DEVICE void fetch() {
      if (fetched_ < k_end_) {
        T* part = shared_ + put_ * Shape::stage;
        long_.fetch(part, k_end_ - fetched_);
        fetch_short(part + Shape::Long::elements);
      }
      gpu::close_copies();
      put_ = put_ + 1 < Shape::stages ? put_ + 1 : 0;
      fetched_ += depth;
      if (fetched_ % kGemmChunk != 0) return;
      constexpr int64_t others = (Shape::warps - 1) * kGemmChunk;
      long_.skip(others);
      fetched_ += others;
    }
    // Number by number: 8 k of 4 rows by a warp, to different banks.
    MARK1_DEVICE void fetch_short(T* part) const {
      const int k = gpu::lane() % 8, row = gpu::lane() / 8;
#pragma unroll
      for (int i = 0; i < depth; i += 8) {
#pragma unroll
        for (int j = 0; j < few; j += 4) {
          const bool there = fetched_ + k + i < k_end_ && row + j < short_.across;
          gpu::copy_ahead<sizeof(T)>(
              part + (k + i) * Shape::short_line + row + j,
              short_.first + (fetched_ + k + i) * short_.k_step + (row + j) * short_.across_step,
              there ? sizeof(T) : 0);
        }
      }
    }
    template <bool kSideBySide>
    MARK1_DEVICE static void multiply(const T* line, const T* factors, T (&chain)[few]) {
#pragma unroll
      for (int i = 0; i < depth; i += Shape::run) {
        Run values;
        if constexpr (kSideBySide) values = *reinterpret_cast<const Run*>(line + i);
#pragma unroll
        for (int e = 0; e < Shape::run; ++e) {
          const T value = kSideBySide ? values.of[e] : line[(i + e) * Shape::Long::line];
          multiply_one(value, factors + (i + e) * Shape::short_line, chain);
        }
      }
    }
    MARK1_DEVICE static void multiply_one(T value, const T* factors, T (&chain)[few]) {
#pragma unroll
      for (int r = 0; r < few; r += Shape::run) {
        const Run factor = *reinterpret_cast<const Run*>(factors + r);
#pragma unroll
        for (int e = 0; e < Shape::run; ++e) {
          chain[r + e] = fused(factor.of[e], value, chain[r + e]);
        }
      }
    }

    LineParts<typename Shape::Long> long_;
    const PartSteps steps_;
    const Operand<T> short_;
    T* shared_;
    int64_t fetched_, k_end_;
    int put_ = 0, taken_ = 0;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GemmArgs& g = args.gemm;
    int64_t rest = block.index();
    const int64_t line = rest % args.blocks_across * Shape::lines;
    rest /= args.blocks_across;
    const int64_t matrix = rest % g.batch.count, begin = rest / g.batch.count * args.terms;
    const int64_t end = begin + args.terms < g.k ? begin + args.terms : g.k;
    const GemmPlace place = place_of(g.batch, matrix);
    const T* a = static_cast<const T*>(g.a) + place.a;
    const T* b = static_cast<const T*>(g.b) + place.b;
    const Operand<T> rows = {a, g.a_row, g.a_col, g.m}, columns = {b, g.b_col, g.b_row, g.n};
    Operand<T> wide = args.columns ? rows : columns;
    const Operand<T> narrow = args.columns ? columns : rows;
    wide.first += line * wide.across_step;
    wide.across -= line;
    const int64_t lane_line = line + gpu::lane();
    const int warp = block.thread() / 32;
    T* totals = block.shared<T>() + Shape::warps * Shape::stages * Shape::stage;
    Chunks chunks(wide, narrow, block.shared<T>() + warp * Shape::stages * Shape::stage,
                  begin + warp * kGemmChunk, end);
    if (args.terms < g.k) {
      for (int64_t k = begin + warp * kGemmChunk; k < end; k += Shape::warps * kGemmChunk) {
        T chain[few];
        chunks.add_up(k, chain);
        T* slot =
            static_cast<T*>(g.workspace) + (k / kGemmChunk * g.batch.count + matrix) * g.m * g.n;
#pragma unroll
        for (int r = 0; r < few; ++r) {
          const int64_t row = args.columns ? lane_line : r, column = args.columns ? r : lane_line;
          if (row < g.m && column < g.n) slot[row * g.n + column] = chain[r];
        }
      }
      return;
    }
    T group[Shape::outputs] = {}, sum[Shape::outputs] = {};
    for (int64_t k = 0; k == 0 || k < g.k; k += Shape::warps * kGemmChunk) {
      T chain[few];
      chunks.add_up(k + warp * kGemmChunk, chain);
      // Two sets of totals in turns, so that there is one meeting per round.
      T* made = totals + k / (Shape::warps * kGemmChunk) % 2 * Shape::round;
#pragma unroll
      for (int r = 0; r < few; ++r) made[(warp * few + r) * 32 + gpu::lane()] = chain[r];
      block.sync();
#pragma unroll
      for (int i = 0; i < Shape::outputs; ++i) {
        const int at = block.thread() + i * Shape::threads;
        if (at >= few * Shape::lines) break;
        for (int w = 0; w < Shape::warps; ++w) {
          const int64_t chunk = k + w * kGemmChunk;
          if (chunk > 0 && chunk >= g.k) break;
          const T total = made[w * few * Shape::lines + at];
          if (chunk % kGemmGroup != 0) {
            group[i] = group[i] + total;
          } else {
            if (chunk > 0) sum[i] = chunk == kGemmGroup ? group[i] : sum[i] + group[i];
            group[i] = total;
          }
        }
      }
    }
#pragma unroll
    for (int i = 0; i < Shape::outputs; ++i) {
      const int at = block.thread() + i * Shape::threads;
      const int64_t one = at / Shape::lines, many = line + at % Shape::lines;
      const int64_t row = args.columns ? many : one, column = args.columns ? one : many;
      if (at >= few * Shape::lines || row >= g.m || column >= g.n) continue;
      T* y = static_cast<T*>(g.y) + place.y + row * g.y_row + column;
      const Ending<T> ending = {false, static_cast<const T*>(g.bias), g.activation, g.alpha};
      *y = ending.of(g.k > kGemmGroup ? sum[i] + group[i] : group[i], column, y);
      ending.activate(y, 1);
    }
  }
};

// Rows or columns that are few, at most.
inline constexpr int64_t kMostFew = 16;

// A guess as that of plan.h, and in the same cycles: 19 bytes of memory per multiprocessor, of
// which one block may have 32; multiply-adds at half the speed. `share` is in chunks, if a plan has
// slots.
template <class T>
Plan few_plan(const Product& p, int64_t most_workspace) {
  const bool columns = p.n <= p.m;
  const int64_t few = columns ? p.n : p.m, across = parts(columns ? p.m : p.n, 32);
  const gpu::Room room = gpu::tile_room();
  const int64_t bytes = few > 4 ? FewShape<T, 16>::shared_bytes : FewShape<T, 4>::shared_bytes;
  Plan best;
  if (few > kMostFew || bytes > room.shared_bytes) return best;
  const int64_t chunks = parts(p.k, kGemmChunk), blocks = p.count * across;
  const auto consider = [&](Plan plan) {
    const int64_t shares = plan.slots ? parts(chunks, plan.share) : 1, all = blocks * shares;
    const double item = sizeof(T), made = few > 4 ? 16 : 4;
    const auto processors = static_cast<double>(room.blocks);
    const double busy = all < room.blocks ? static_cast<double>(all) : processors;
    const double work = 32 * static_cast<double>(p.k) / static_cast<double>(shares);
    const double moved = static_cast<double>(all) * work * item;
    const double by_memory = moved / (19 * processors), by_block = moved / (32 * busy);
    const auto rounds = static_cast<double>(parts(all, room.blocks));
    const double by_cores = rounds * work * made / (256 / item);
    const double most = by_memory > by_block ? by_memory : by_block;
    plan.cycles = 2500 + (most > by_cores ? most : by_cores);
    if (plan.slots) {
      const auto totals = static_cast<double>(p.count * p.m * p.n * plan.slots);
      plan.cycles += 3000 + 2 * item * totals / (16 * processors);
    }
    if (plan.cycles < best.cycles) best = plan;
  };
  consider({});
  Plan divided;
  divided.slots = chunks;
  divided.terms = kGemmChunk;
  const int64_t shares = room.blocks / blocks;
  if (shares > 1 && chunks > 1 && slot_bytes<T>(p, divided) <= most_workspace) {
    divided.share = parts(chunks, shares);
    if (divided.share < chunks) consider(divided);
  }
  return best;
}

template <class T>
void queue_few(const GemmArgs& g, const Plan& plan, void* stream) {
  const bool columns = g.n <= g.m;
  const int64_t few = columns ? g.n : g.m, across = parts(columns ? g.m : g.n, 32);
  const int64_t terms = plan.slots ? plan.share * kGemmChunk : g.k;
  const int64_t shares = plan.slots ? parts(plan.slots, plan.share) : 1;
  const FewArgs args = {g, columns, across, terms};
  const auto queue = [&]<class Shape>(Shape) {
    const int64_t blocks = shares * g.batch.count * across;
    gpu::queue<FewLines<Shape>>(args, {blocks, Shape::threads, Shape::shared_bytes}, stream);
  };
  few > 4 ? queue(FewShape<T, 16>()) : queue(FewShape<T, 4>());
}

}  // namespace
}  // namespace mark1::cuda
