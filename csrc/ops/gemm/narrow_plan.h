// How a product on matrix units is divided among the blocks of a device: which kernel makes its
// tiles and, where these are few and sums long, into how many parts of k. Parts are matrices of
// float32 that a second grid adds up in order, so results are the same from run to run.
#pragma once

#include "cuda/block.h"
#include "ops/gemm/wgmma.h"

namespace mark1::cuda {
namespace {

enum class NarrowKernel { kNone, kLarge, kSmall, kWarpgroups };

struct NarrowPlan {
  NarrowKernel kernel = NarrowKernel::kNone;
  int cluster = 0;     // blocks of one, if the kernel has clusters
  int64_t parts = 1;   // of k
  int64_t terms = 0;   // of a part, but of the last
  bool added = false;  // a second grid adds up parts, or ends the sums of one
  double cycles = 1e300;
};

// What a kernel's tile costs. Steps of blocks that share a multiprocessor take turns, so they last
// as long as all of their multiply-adds, and never less than what an operand is on its way.
struct TileCost {
  int rows, columns;
  int depth;        // terms of a step
  int resident;     // blocks that fit a multiprocessor
  double rate;      // multiply-adds of a multiprocessor per cycle
  double step;      // cycles of a step, at least
  double ends;      // cycles until a block multiplies, and until its results are written
  int cluster = 0;  // blocks of one, which have tiles one below the other
};

constexpr int64_t parts_of(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

// Blocks of one part.
inline int64_t blocks_of(const GemmArgs& g, const TileCost& tile) {
  const int64_t together = tile.cluster > 1 ? tile.cluster : 1;
  return g.batch.count * parts_of(g.m, tile.rows * together) * together *
         parts_of(g.n, tile.columns);
}

inline double narrow_cycles(const GemmArgs& g, const TileCost& tile, const NarrowPlan& plan,
                            int64_t processors) {
  const int64_t each = parts_of(blocks_of(g, tile) * plan.parts, processors);
  const auto at_once = static_cast<double>(each < tile.resident ? each : tile.resident);
  const auto waves = static_cast<double>(parts_of(each, tile.resident));
  const double work = at_once * tile.rows * tile.columns * tile.depth / tile.rate;
  const double step = work > tile.step ? work : tile.step;
  double cycles =
      waves * (static_cast<double>(parts_of(plan.terms, tile.depth)) * step + tile.ends);
  if (plan.added) {  // written, read again at 16 bytes per cycle and multiprocessor, a second grid
    const auto numbers = static_cast<double>(g.batch.count * g.m * g.n * plan.parts);
    cycles += 5000 + 8 * numbers / (16.0 * static_cast<double>(processors));
  }
  return cycles;
}

inline int64_t part_bytes(const GemmArgs& g) {
  return int64_t{sizeof(float)} * g.batch.count * g.m * g.n;
}

// No more than half of what the operands take, or 64 MB, or one part.
inline int64_t most_part_bytes(const GemmArgs& g, int64_t number_bytes) {
  const int64_t half = number_bytes * g.batch.count * (g.m + g.n) * g.k / 2;
  const int64_t most = half > int64_t{64} << 20 ? half : int64_t{64} << 20;
  return most > part_bytes(g) ? most : part_bytes(g);
}

// Considers a kernel with sums in one part and in more, as far as these find room on the device and
// in so many bytes. `ends`: it applies the activation itself.
inline void improve(NarrowPlan& best, NarrowKernel kernel, const GemmArgs& g, const TileCost& tile,
                    bool ends, int64_t most_bytes, int64_t processors) {
  constexpr int64_t kLeastSteps = 4;
  const int64_t steps = parts_of(g.k, tile.depth);
  const int64_t most_parts = 2 * processors * tile.resident / blocks_of(g, tile);
  for (int64_t wanted = 1; wanted == 1 || wanted <= most_parts;
       wanted += wanted < 4 ? 1 : wanted / 4) {
    const int64_t each = parts_of(steps, wanted), parts = each ? parts_of(steps, each) : 1;
    const bool added = parts > 1 || !ends;
    if (wanted > 1 && each < kLeastSteps) break;
    if (added && parts * part_bytes(g) > most_bytes) break;
    NarrowPlan plan = {kernel, tile.cluster, parts, parts > 1 ? each * tile.depth : g.k, added, 0};
    plan.cycles = narrow_cycles(g, tile, plan, processors);
    if (plan.cycles < best.cycles) best = plan;
  }
}

// Products by wgmma (ops/gemm/wgmma.cuh). The rates are 0.85 and 0.65 of the units' 2,048 per
// cycle: blocks that are alone read more than the second-level cache gives.
inline void improve_by_warpgroups(NarrowPlan& best, const GemmArgs& g, int64_t most_bytes,
                                  int64_t processors) {
  constexpr TileCost tile = {
      kWarpgroupRows, kWarpgroupColumns, kWarpgroupDepth, 1, 1740, 300, 4000, 2};
  TileCost alone = tile;
  alone.cluster = 1;
  alone.rate = 1330;
  const bool ends = ends_in_warpgroups(g.activation);
  improve(best, NarrowKernel::kWarpgroups, g, tile, ends, most_bytes, processors);
  improve(best, NarrowKernel::kWarpgroups, g, alone, ends, most_bytes, processors);
}

inline bool queue_by_warpgroups(const NarrowGemmArgs& args, NarrowNumber number,
                                const NarrowPlan& plan, const void* stream) {
  const int64_t processors = gpu::tile_room().blocks;
  return queue_warpgroups({args, number, plan.parts, plan.terms, plan.added, plan.cluster,
                           processors / plan.cluster * plan.cluster, nullptr},
                          stream);
}

}  // namespace
}  // namespace mark1::cuda
