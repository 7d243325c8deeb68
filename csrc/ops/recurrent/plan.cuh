// How a recurrent layer is cut into blocks of threads, each of which owns some rows of the batch
// and some of the units, and keeps the weights of these in shared memory for all steps.
#pragma once

#include "cuda/block.h"
#include "ops/gemm/gemm.h"
#include "ops/recurrent/recurrent.h"

namespace mark1::cuda {
namespace {

constexpr int kMostThreads = 512, kWarp = 32;  // CMakeLists.txt bounds registers for so many
constexpr int kChunk = int{kGemmChunk};
// Parts of an operand of up to 64 terms of each chunk in shared memory, or on their way there.
constexpr int kBuffers = 4, kLeastPartBits = 3, kMostPartBits = 6;
// Between the counters of groups of rows, so that each has a cache line.
constexpr int kCounterStep = 32;

constexpr int whole(int n, int size) {
  return (n + size - 1) / size * size;
}

// A product of a step: a row of `terms` numbers with the rows of the block's weights from `first`
// on, for some of their columns.
struct Product {
  int terms, first, first_column, columns;
  int at_once;    // chunks that the threads of a block sum at a time: a pass
  int part_bits;  // so many terms of each of these lie in shared memory at a time: a part

  constexpr int chunks() const { return (terms + kChunk - 1) / kChunk; }
  constexpr int passes() const { return (chunks() + at_once - 1) / at_once; }
  constexpr int part() const { return 1 << part_bits; }
  constexpr int parts_in_all() const {
    const int before = passes() - 1, rest = terms - before * at_once * kChunk;
    return before * (kChunk / part()) + ((rest < kChunk ? rest : kChunk) + part() - 1) / part();
  }
  // Where term k of an operand lies, in terms, so that parts come one after the other.
  constexpr int place(int k) const {
    const int chunk = k / kChunk, pass = chunk < at_once ? 0 : chunk / at_once;
    const int part_of_chunk = k % kChunk >> part_bits, parts = kChunk >> part_bits;
    const int pieces = (pass * parts + part_of_chunk) * at_once + chunk - pass * at_once;
    return (pieces << part_bits) + (k & (part() - 1));
  }
};

// What a step keeps of every row and unit of a block: gates, whether the step is seen, states of
// before or their gradients, factors of dropout, and what else its formulas read.
constexpr int kForwardSlots = 10, kBackwardSlots = 11;

struct Plan {
  int64_t batch;           // rows of a grid; those of one that does not fit take several grids
  int rows, row_groups;    // rows of a block, and how many groups of rows there are
  int units, unit_groups;  // likewise; if there is more than one, blocks meet after every product
  int tile;                // a thread sums tile x tile outputs
  int threads;
  int products;  // of a step
  Product product[2];
  int weights, operand, sums;  // elements in shared memory; of one of the operand's buffers
  int64_t exchange;  // elements of an operand of a group of rows in memory that all blocks see
  int64_t shared_bytes;
  bool fits;

  constexpr bool alone() const { return unit_groups == 1; }
  // Buffers of the operand: this one and the next, or parts.
  constexpr int buffers() const { return alone() ? 2 : kBuffers; }
  constexpr int padded_rows() const { return whole(rows, tile); }
  constexpr int sum_step() const { return padded_rows() | 1; }  // odd, for the banks
  int64_t blocks() const { return int64_t{row_groups} * unit_groups; }
};

inline void choose_products(Plan& plan, const RecurrentArgs& a, Cell cell, bool backward) {
  const int gates = cell_gates(cell), units = static_cast<int>(a.units), own = plan.units;
  plan.products = cell == Cell::kGruBefore ? 2 : 1;
  if (plan.products == 1) {
    plan.product[0] = backward ? Product{gates * units, 0, 0, own, 1, 0}
                               : Product{units, 0, 0, gates * own, 1, 0};
  } else if (backward) {
    plan.product[0] = {units, 2 * units, 0, own, 1, 0};
    plan.product[1] = {2 * units, 0, 0, own, 1, 0};
  } else {
    plan.product[0] = {units, 0, 0, 2 * own, 1, 0};
    plan.product[1] = {units, 0, 2 * own, own, 1, 0};
  }
}

// Threads, parts and shared memory of a plan whose rows and units are known.
inline void complete(Plan& plan, bool backward, int weight_rows, int weight_columns, int item,
                     int64_t most_shared) {
  const int rows = plan.padded_rows();
  // Formulas are long chains of instructions: a thread for every pair of a row and a unit.
  const int pairs = whole(plan.rows * plan.units, kWarp);
  int threads = pairs < 64             ? 64
                : pairs < kMostThreads ? pairs
                                       : kMostThreads,
      tiles[2] = {}, most_terms = 0, most_sums = 0;
  for (int i = 0; i < plan.products; ++i) {
    Product& p = plan.product[i];
    tiles[i] = rows / plan.tile * (p.columns / plan.tile);
    if (tiles[i] > kMostThreads) return;
    const int room = kMostThreads / tiles[i];
    p.at_once = p.chunks() < room ? p.chunks() : room;
    const int needed = whole(tiles[i] * p.at_once, kWarp);
    threads = needed > threads ? needed : threads;
    most_terms = p.terms > most_terms ? p.terms : most_terms;
    const int sums = p.chunks() * p.columns * plan.sum_step();
    most_sums = sums > most_sums ? sums : most_sums;
  }
  plan.threads = threads;
  plan.weights = whole(weight_rows * weight_columns, 4);
  plan.sums = whole(most_sums, 4);
  const int slots = (backward ? kBackwardSlots : kForwardSlots) * plan.rows * plan.units;
  for (int part_bits = kMostPartBits; part_bits >= kLeastPartBits; --part_bits) {
    plan.operand = plan.alone() ? whole(most_terms * rows, 4) : 0;
    for (int i = 0; i < plan.products && !plan.alone(); ++i) {
      Product& p = plan.product[i];
      p.part_bits = part_bits;
      const int elements = p.at_once * p.part() * rows,
                all = p.passes() * p.at_once * kChunk * rows;
      plan.operand = elements > plan.operand ? elements : plan.operand;
      plan.exchange = all > plan.exchange ? all : plan.exchange;
    }
    plan.shared_bytes =
        int64_t{item} * (plan.weights + plan.buffers() * plan.operand + plan.sums + slots);
    plan.fits = plan.shared_bytes <= most_shared;
    if (plan.fits || plan.alone()) return;
  }
}

// Clocks of a multiprocessor for one step, roughly: products are bound by what the four schedulers
// issue, of every term n x n multiply-adds (of doubles at half the rate), two loads and some
// arithmetic of addresses, or by what is read from shared memory (128 bytes each clock).
inline double step_clocks(const Plan& plan, int gates, int item) {
  double clocks = 0;
  for (int i = 0; i < plan.products; ++i) {
    const Product& p = plan.product[i];
    const int tiles = plan.padded_rows() / plan.tile * (p.columns / plan.tile);
    const int warps = (tiles * p.at_once + kWarp - 1) / kWarp;
    const double issues = (warps + 3) / 4 * (plan.tile * plan.tile * (item / 4) + 5);
    const double reads = warps * (plan.tile == 1 ? 2 : plan.tile) * (item / 4);
    const double each = issues > reads ? issues : reads;
    double product = p.passes() * each * (p.terms < kChunk ? p.terms : kChunk);
    if (!plan.alone()) {
      // A way there and back between blocks, one more to the first part of the operand, of which 32
      // bytes come in a clock, and barriers between parts.
      const double traffic = static_cast<double>(plan.padded_rows()) * p.terms * item / 32;
      product = 2800 + (product > traffic ? product : traffic) + 40 * p.parts_in_all();
    }
    clocks += product;
  }
  const int turns = (plan.rows * plan.units + plan.threads - 1) / plan.threads;
  return clocks + turns * (plan.threads > 128 ? plan.threads / 128.0 : 1) * gates * 40;
}

// The best of the plans for `batch` rows that fit, if any does.
inline Plan best_plan(const RecurrentArgs& a, int batch, Cell cell, bool backward, int item) {
  const gpu::Room room = gpu::room();
  const int gates = cell_gates(cell), units = static_cast<int>(a.units);
  const auto most_blocks = static_cast<int>(room.blocks);
  Plan best = {};
  double least = 0;
  for (int tile = 1; tile <= 4; tile *= 2) {
    int before = 0;
    for (int groups = 1; groups <= units && groups <= most_blocks; ++groups) {
      Plan plan = {};
      plan.batch = batch;
      plan.tile = tile;
      plan.units = whole((units + groups - 1) / groups, tile);
      if (plan.units == before) continue;
      before = plan.units;
      plan.unit_groups = (units + plan.units - 1) / plan.units;
      const int row_groups = most_blocks / plan.unit_groups;
      plan.rows = (batch + row_groups - 1) / row_groups;
      plan.row_groups = (batch + plan.rows - 1) / plan.rows;
      choose_products(plan, a, cell, backward);
      complete(plan, backward, (backward ? gates : 1) * units, (backward ? 1 : gates) * plan.units,
               item, room.shared_bytes);
      if (!plan.fits) continue;
      const double clocks = step_clocks(plan, gates, item);
      if (best.fits && clocks >= least) continue;
      least = clocks;
      best = plan;
    }
  }
  return best;
}

inline Plan make_plan(const RecurrentArgs& a, Cell cell, bool backward, int item) {
  constexpr int64_t most = 1 << 14;
  if (a.units * cell_gates(cell) > kGemmGroup) return {};
  for (auto batch = static_cast<int>(a.batch < most ? a.batch : most);; batch = (batch + 1) / 2) {
    const Plan plan = best_plan(a, batch, cell, backward, item);
    if (plan.fits || batch == 1) return plan;
  }
}

}  // namespace
}  // namespace mark1::cuda
