// How a product on matrix units is divided among the blocks of a device: which kernel makes its
// tiles and, where these are few and sums long, into how many parts of k. Parts are matrices of
// float32 that a second grid adds up in order, so results are the same from run to run.
#pragma once

#include "cuda/block.h"
#include "ops/gemm/narrow.h"

namespace mark1::cuda {
namespace {

struct NarrowPlan {
  int kernel = 0;     // its place in the list
  int64_t parts = 1;  // of k
  int64_t terms = 0;  // of a part, but of the last
  double cycles = 1e300;
};

// What a kernel's tile costs. Steps of blocks that share a multiprocessor take turns, so they last
// as long as all of their multiply-adds, and never less than what an operand is on its way.
struct TileCost {
  int rows, columns;
  int depth;         // terms of a step
  int resident;      // blocks that fit a multiprocessor
  double rate;       // multiply-adds of a multiprocessor per cycle
  double step;       // cycles of a step, at least
  double ends;       // cycles until a block multiplies, and until its results are written
  int together = 1;  // blocks that have rows of tiles in common
};

constexpr int64_t parts_of(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

inline double narrow_cycles(const GemmArgs& g, const TileCost& tile, int64_t parts, int64_t terms,
                            int64_t processors) {
  const int64_t rows = parts_of(parts_of(g.m, tile.rows), tile.together) * tile.together;
  const int64_t blocks = g.batch.count * rows * parts_of(g.n, tile.columns) * parts;
  const int64_t each = parts_of(blocks, processors);
  const auto at_once = static_cast<double>(each < tile.resident ? each : tile.resident);
  const auto waves = static_cast<double>(parts_of(each, tile.resident));
  const double work = at_once * tile.rows * tile.columns * tile.depth / tile.rate;
  const double step = work > tile.step ? work : tile.step;
  double cycles = waves * (static_cast<double>(parts_of(terms, tile.depth)) * step + tile.ends);
  if (parts > 1) {  // written, read again at 16 bytes per cycle and multiprocessor, a second grid
    const auto outputs = static_cast<double>(g.batch.count * g.m * g.n);
    cycles +=
        5000 + 8 * outputs * static_cast<double>(parts) / (16.0 * static_cast<double>(processors));
  }
  return cycles;
}

inline int64_t part_bytes(const GemmArgs& g) {
  return int64_t{sizeof(float)} * g.batch.count * g.m * g.n;
}

// No more than half of what the operands take, or 64 MB.
inline int64_t most_part_bytes(const GemmArgs& g, int64_t number_bytes) {
  const int64_t half = number_bytes * g.batch.count * (g.m + g.n) * g.k / 2;
  return half > int64_t{64} << 20 ? half : int64_t{64} << 20;
}

// Considers a kernel with sums in one part and in more, which may take so many bytes.
inline void improve(NarrowPlan& best, int kernel, const GemmArgs& g, const TileCost& tile,
                    int64_t most_bytes) {
  constexpr int64_t kMostParts = 256, kLeastSteps = 4;
  const int64_t processors = gpu::tile_room().blocks, steps = parts_of(g.k, tile.depth);
  for (int64_t wanted = 1; wanted <= kMostParts; wanted += wanted < 4 ? 1 : wanted / 4) {
    const int64_t each = parts_of(steps, wanted), parts = each ? parts_of(steps, each) : 1;
    if (wanted > 1 && (each < kLeastSteps || parts * part_bytes(g) > most_bytes)) break;
    const int64_t terms = parts > 1 ? each * tile.depth : g.k;
    const double cycles = narrow_cycles(g, tile, parts, terms, processors);
    if (cycles < best.cycles) best = {kernel, parts, terms, cycles};
  }
}

}  // namespace
}  // namespace mark1::cuda
