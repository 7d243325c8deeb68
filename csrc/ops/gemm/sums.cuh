// What becomes of a tile's sums, and the grid that adds up those of several blocks.
#pragma once

#include "ops/activation/epilogue.h"
#include "ops/gemm/tile.cuh"

namespace mark1::cuda {
namespace {

constexpr int relu_place() {
  int at = 0, found = -1;
#define MARK1_IS_RELU(name)              \
  if constexpr (__is_same(name, Relu)) { \
    found = at;                          \
  }                                      \
  ++at;
  MARK1_ACTIVATIONS(MARK1_IS_RELU)
#undef MARK1_IS_RELU
  return found;
}

// How sums end: what they are added to, and what comes after the last term.
template <class T>
struct Ending {
  bool add = false;  // to what is there
  const T* bias = nullptr;
  ActivationRows activation = nullptr;
  double alpha = 0;

  // relu, which most layers have, is no call.
  MARK1_DEVICE bool is_relu() const {
    return reinterpret_cast<intptr_t>(activation) == relu_place() + 1;
  }
  MARK1_DEVICE T of(T sum, int64_t column, const T* there) const {
    if (add) sum = *there + sum;
    if (bias) sum = sum + bias[column];
    return is_relu() ? Relu::value(Vec<T>(sum), {}).v : sum;
  }
  // For n outputs side by side to which of() has been applied.
  MARK1_DEVICE void activate(T* y, int64_t n) const {
    if (activation && !is_relu()) finish_row<T>(activation, y, n, alpha);
  }
};

// Writes the totals of a tile. line(row): where the outputs of a row of the tile begin, null if
// there is no such row; `columns` of them are there. The bias begins at the tile's first column.
template <class Shape, class Tile, class Line>
MARK1_DEVICE inline void put_totals(const Tile& tile, int64_t columns,
                                    const Ending<typename Shape::T>& end, Line line) {
  using T = typename Shape::T;
  constexpr int run = Shape::run;
#pragma unroll 1
  for (int i = 0; i < Shape::m; ++i) {
    T* y = line(tile.row(i));
    if (!y) continue;
#pragma unroll 1
    for (int j = 0; j < Shape::n; j += run) {
      const int64_t column = tile.column(j), left = columns - column;
      if (left <= 0) break;
      Sixteen<T> values = tile.totals(i, j);
#pragma unroll
      for (int e = 0; e < run; ++e) {
        if (e < left) values.of[e] = end.of(values.of[e], column + e, y + column + e);
      }
      if (left >= run && reinterpret_cast<uintptr_t>(y + column) % 16 == 0) {
        *reinterpret_cast<Sixteen<T>*>(y + column) = values;
      } else {
#pragma unroll
        for (int e = 0; e < run; ++e) {
          if (e < left) y[column + e] = values.of[e];
        }
      }
      end.activate(y + column, left < run ? left : run);
    }
  }
}

// Sums of which several blocks have made parts: `slots` totals per output, each of `terms` terms.
struct Slots {
  void* totals;  // (slot, outputs)
  int64_t slots, terms, outputs;
};

// That of a group, of the slots from `first` on.
template <class T>
MARK1_DEVICE inline T sum_of_group(const Slots& s, int64_t output, int64_t first) {
  const int64_t next = first + kGemmGroup / s.terms, end = next < s.slots ? next : s.slots;
  const T* total = static_cast<const T*>(s.totals) + first * s.outputs + output;
  T group = *total;
#pragma unroll 16
  for (int64_t slot = first + 1; slot < end; ++slot) group = group + *(total += s.outputs);
  return group;
}

// The sum of one output: totals of chunks ascending within groups, those of groups ascending.
template <class T>
MARK1_DEVICE inline T sum_of_slots(const Slots& s, int64_t output) {
  T sum = 0;
  for (int64_t first = 0; first < s.slots; first += kGemmGroup / s.terms) {
    const T group = sum_of_group<T>(s, output, first);
    sum = first == 0 ? group : sum + group;
  }
  return sum;
}

// The same of long sums by a block for 32 outputs: a warp per group. The first warp gets the sums,
// of outputs that there are.
inline constexpr int kSlotWarps = 8;
template <class T>
MARK1_DEVICE inline T sum_by_warps(const Slots& s, int64_t output, const gpu::Block& block) {
  constexpr int threads = 32 * kSlotWarps;
  const int64_t group_slots = kGemmGroup / s.terms, round = kSlotWarps * group_slots;
  const int64_t mine = block.thread() / 32 * group_slots;
  T sum = 0;
  int turn = 0;  // two in turns, so that there is one meeting per round
  for (int64_t first = 0; first < s.slots; first += round, turn ^= 1) {
    T* groups = block.shared<T>() + turn * threads;
    if (first + mine < s.slots && output < s.outputs) {
      groups[block.thread()] = sum_of_group<T>(s, output, first + mine);
    }
    block.sync();
    if (block.thread() >= 32) continue;
    for (int w = 0; w < kSlotWarps && first + w * group_slots < s.slots; ++w) {
      const T group = groups[32 * w + block.thread()];
      sum = first + w == 0 ? group : sum + group;
    }
  }
  return sum;
}

// Grids that add up slots: Body says what becomes of a sum, put(args, output, sum).
template <class Body>
struct AddAlone {
  static constexpr bool alone = true;
  using Args = typename Body::Args;
  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t at = block.index() * block.threads() + block.thread();
    if (at >= args.slots.outputs) return;
    Body::put(args, at, sum_of_slots<typename Body::T>(args.slots, at));
  }
};
template <class Body>
struct AddByWarps {
  static constexpr bool alone = false;
  using Args = typename Body::Args;
  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t at = block.index() * 32 + gpu::lane();
    const auto sum = sum_by_warps<typename Body::T>(args.slots, at, block);
    if (block.thread() < 32 && at < args.slots.outputs) Body::put(args, at, sum);
  }
};
template <class Body>
void queue_sums(const typename Body::Args& args, const void* stream) {
  const Slots& s = args.slots;
  if (s.slots * s.terms <= kGemmGroup) {
    return gpu::queue<AddAlone<Body>>(args, threads_for(s.outputs), stream);
  }
  constexpr int64_t bytes = 2 * 32 * kSlotWarps * sizeof(typename Body::T);
  gpu::queue<AddByWarps<Body>>(args, {(s.outputs + 31) / 32, 32 * kSlotWarps, bytes}, stream);
}

}  // namespace
}  // namespace mark1::cuda
