// How a product is divided among the blocks of a device: into tiles of some shape and, where these
// are few and sums long, into totals of chunks or groups that a second grid adds up. The bits do
// not depend on it.
#pragma once

#include "ops/gemm/double_units.cuh"
#include "ops/gemm/sums.cuh"

namespace mark1::cuda {
namespace {

constexpr int64_t parts(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

// `count` products of m x k and k x n, for which a block keeps so much more per row of its tile in
// shared memory.
struct Product {
  int64_t count, m, n, k;
  int64_t row_bytes = 0;

  template <class Shape>
  int64_t shared_bytes() const {
    return Shape::shared_bytes + Shape::rows * row_bytes;
  }
};

struct Plan {
  int shape = 0;      // its place in the list
  int64_t slots = 0;  // totals per output that leave a block before they are added up; 0: none
  int64_t terms = 0;  // of such a total
  int64_t share = 0;  // slots that one block makes
  double cycles = 1e300;
};

// A guess, good enough to compare plans: multiply-adds of a multiprocessor, which needs eight warps
// for its 128 (64 in float64 on ordinary cores) of a cycle and comes to 70 % with four; some 1,500
// cycles until a block multiplies and until its results are written; 16 bytes of memory per cycle
// and multiprocessor; a second grid.
template <class Shape>
double estimated_cycles(const Product& p, const Plan& plan, const gpu::Room& room) {
  const auto processors = static_cast<double>(room.blocks);
  constexpr double item = sizeof(typename Shape::T), peak = (Shape::on_units ? 1024 : 512) / item;
  constexpr double speed = Shape::m * Shape::n >= 128 ? 0.9 : Shape::m * Shape::n >= 64 ? 0.8 : 0.5;
  const int64_t terms = plan.slots ? plan.share * plan.terms : p.k;
  const int64_t shares = plan.slots ? parts(plan.slots, plan.share) : 1;
  const int64_t tiles = p.count * parts(p.m, Shape::rows) * parts(p.n, Shape::columns);
  const auto resident = static_cast<double>(room.shared_bytes / (p.shared_bytes<Shape>() + 1024));
  const auto rounds = static_cast<double>(parts(tiles * shares, room.blocks));
  const double at_once = rounds < resident ? rounds : resident;
  const double warps = at_once * (Shape::threads / 32);
  const double busy = warps < 4 ? 0.175 * warps : warps < 8 ? 0.4 + 0.075 * warps : 1;
  const double rate = peak * speed * busy;
  const double area = Shape::rows * Shape::columns;
  double cycles = rounds * area * static_cast<double>(terms < p.k ? terms : p.k) / rate;
  cycles += 1500 * (1 + rounds / (at_once < 1 ? 1 : at_once));
  if (plan.slots) {
    const double outputs = static_cast<double>(p.count * p.m * p.n);
    cycles += 3000 + 2 * item * outputs * static_cast<double>(plan.slots) / (16 * processors);
  }
  return cycles;
}

// No more than half of what the operands take, or 64 MB.
template <class T>
int64_t most_workspace(const Product& p) {
  const int64_t half = static_cast<int64_t>(sizeof(T)) * p.count * (p.m + p.n) * p.k / 2;
  return half > int64_t{64} << 20 ? half : int64_t{64} << 20;
}

template <class T>
int64_t slot_bytes(const Product& p, const Plan& plan) {
  return static_cast<int64_t>(sizeof(T)) * p.count * p.m * p.n * plan.slots;
}

// Of float64 whether matrix units are to be used.
template <class T>
bool units_for() {
  return sizeof(T) == 8 && uses_double_units();
}

template <class Shape>
void improve(Plan& best, int place, const Product& p, int64_t most_workspace,
             const gpu::Room& room) {
  if (p.shared_bytes<Shape>() > room.shared_bytes) return;
  const auto consider = [&](const Plan& plan) {
    const double cycles = estimated_cycles<Shape>(p, plan, room);
    if (cycles >= best.cycles) return;
    best = plan;
    best.shape = place;
    best.cycles = cycles;
  };
  consider({});
  for (const int64_t terms : {kGemmChunk, kGemmGroup}) {
    Plan plan = {0, parts(p.k, terms), terms, 1, 0};
    if (plan.slots < 2 || slot_bytes<typename Shape::T>(p, plan) > most_workspace) continue;
    for (; plan.share < plan.slots && plan.share <= 16; plan.share *= 2) consider(plan);
  }
}

// Shapes from which a plan chooses.
template <class... Shape>
struct Shapes {
  // `units`: whether tiles on matrix units are among them.
  static Plan plan(const Product& p, int64_t most_workspace, bool units) {
    Plan best;
    int place = -1;
    const gpu::Room room = gpu::tile_room();
    ((++place,
      !Shape::on_units || units ? improve<Shape>(best, place, p, most_workspace, room) : void()),
     ...);
    return best;
  }
  // Calls f(shape) with the one that is chosen.
  template <class F>
  static void with(int chosen, F f) {
    int place = 0;
    ((place++ == chosen ? f(Shape()) : void()), ...);
  }
};

}  // namespace
}  // namespace mark1::cuda
