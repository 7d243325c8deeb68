// A tile of a product of float64 on matrix units (cuda/double_units.h), which make the same chains
// as the cores of tile.cuh. What surrounds it is the same as well: parts of operands come by
// asynchronous copies, totals of chunks are in shared memory.
//
// A warp has kM x kN pieces of 16 x 8 outputs, 64 numbers per thread. What bounds it, for the tile
// of 128 x 128 and warps of 64 x 32 on Hopper, whose units make 128 multiply-adds per clock of a
// multiprocessor: 8 values of k take 1,024 clocks, in which warps read 48 KB of shared memory
// (384 clocks) and 16 KB come from the second-level cache. Totals take 256 KB per chunk, 2,048 of
// 32,768 clocks: they are moved while the next pieces are multiplied.
#pragma once

#include "cuda/double_units.h"
#include "ops/gemm/gemm.h"
#include "ops/gemm/line_parts.cuh"

namespace mark1::cuda {

// Whether float64 is multiplied on the current device's units: whether they have been found right.
bool uses_double_units();

namespace {

// Eight values of k. Readers want 4 of them of 8 rows at a time, from different banks.
template <int kSize, int kThreads>
struct DoublePart : LinePart<double, kSize, 8, kThreads, 4> {
  static_assert((kSize + 4) % 16 == 4);

  // For what copies number by number into lines per k, as convolutions: 4 k of 8 rows by a warp.
  struct AlongK {
    static constexpr int step = 8 * (kThreads / 64), count = kSize / step;
    static_assert(kThreads % 64 == 0 && kSize % step == 0);
    static MARK1_DEVICE int k(int thread) { return thread % 4 + 4 * (thread / 32 % 2); }
    static MARK1_DEVICE int across(int thread) { return thread / 4 % 8 + 8 * (thread / 64); }
  };
};

// Any other parts have a line per k.
template <class Part, class Parts>
MARK1_DEVICE PartSteps steps_of(const Parts& parts) {
  if constexpr (requires { parts.steps(); }) {
    return parts.steps();
  } else {
    return {1, Part::line};
  }
}

template <class Shape, class Left, class Right>
class DoubleTile {
  using Run = Sixteen<double>;
  static constexpr int kM = Shape::m / 2, kN = Shape::n / 2;  // pieces of a warp
  static constexpr int kLate = kM / 2;  // that are moved to totals so much later than multiplied

 public:
  MARK1_DEVICE DoubleTile(const gpu::Block& block, const Left& a, const Right& b)
      : block_(block),
        a_(a),
        b_(b),
        shared_(block.shared<double>()),
        a_steps_(steps_of<typename Shape::A>(a)),
        b_steps_(steps_of<typename Shape::B>(b)),
        row_(block.thread() / 32 / Shape::across * 16 * kM + gpu::lane() / 4),
        column_(block.thread() / 32 % Shape::across * 8 * kN + gpu::lane() / 4) {}

  // As that of Tile.
  template <class EndGroup>
  MARK1_DEVICE void accumulate(int64_t k_begin, int64_t k_end, int64_t group_terms,
                               EndGroup end_group) {
    clear();
    constexpr int chunk = kGemmChunk / Shape::depth;  // in parts, as all that is counted here
    const int group = static_cast<int>(group_terms / Shape::depth);
    const int count = static_cast<int>((k_end - k_begin + Shape::depth - 1) / Shape::depth);
    const int last_terms = static_cast<int>(k_end - k_begin) - (count - 1) * Shape::depth;
    const auto terms = [&](int part) { return part + 1 < count ? Shape::depth : last_terms; };
    const auto fetch = [&](int part, int stage) {
      if (part < count) {
        a_.fetch(a_part(stage), terms(part));
        b_.fetch(b_part(stage), terms(part));
      }
      gpu::close_copies();  // empty groups at the end keep the count
    };
#pragma unroll 1
    for (int s = 0; s < Shape::stages; ++s) fetch(s, s);
    gpu::await_copies<Shape::stages - 1>();
    block_.sync();
    double left[2][4], right[kN][2];
    load_left(a_part(0), 0, terms(0), left[0]);
#pragma unroll
    for (int j = 0; j < kN; ++j) load_right(b_part(0), j, right[j]);
    int stage = 0;
    bool late = false, add = false;  // pieces of the chunk before are still in registers
#pragma unroll 1
    for (int part = 0; part < count; ++part) {
      const bool closes = part + 1 == count || (part + 1) % chunk == 0;
      const bool add_late = add;
      if (closes) add = (part & (group - 1)) >= chunk;
      const int next = stage + 1 < Shape::stages ? stage + 1 : 0;
#pragma unroll
      for (int i = 0; i < kM; ++i) {
        const bool last = i + 1 == kM;
        if (last) {
          // The next part is read while this one's last pieces are multiplied. All of this one
          // has been read, by all warps: what comes later may take its place.
          gpu::await_copies<Shape::stages - 2>();
          block_.sync();
          load_left(a_part(next), 0, terms(part + 1), left[0]);
        } else {
          load_left(a_part(stage), i + 1, terms(part), left[(i + 1) % 2]);
        }
#pragma unroll
        for (int j = 0; j < kN; ++j) {
          gpu::multiply_double(chain_[i][j], left[i % 2], right[j]);
          if (last) load_right(b_part(next), j, right[j]);
        }
        if (last) fetch(part + Shape::stages, stage);
        if (i < kLate) {
          if (late) move_to_totals(i + kM - kLate, add_late);
        } else if (closes) {
          move_to_totals(i - kLate, add);
        }
      }
      stage = next;
      late = closes;
      if (!closes || (part + 1 < count && ((part + 1) & (group - 1)) != 0)) continue;
#pragma unroll
      for (int i = kM - kLate; i < kM; ++i) move_to_totals(i, add);
      late = false;
      end_group(k_begin / group_terms + part / group);
    }
    if (count > 0) return;
#pragma unroll
    for (int i = 0; i < kM; ++i) move_to_totals(i, false);  // no terms are a sum of 0
    end_group(k_begin / group_terms);
  }

  // A run of this thread's totals from output (i, j) on; those of neighbours lie side by side.
  MARK1_DEVICE Run& totals(int i, int j) const {
    double* first = shared_ + Shape::operand_elements;
    const int run = (i * Shape::n + j) / Shape::run;
    return *reinterpret_cast<Run*>(first + (run * Shape::threads + block_.thread()) * Shape::run);
  }
  // Of the tile, row or column i of those that a thread owns.
  MARK1_DEVICE int row(int i) const { return row_ + 8 * i; }
  MARK1_DEVICE int column(int j) const {
    const int lane = gpu::lane();
    return column_ - lane / 4 + 8 * (j / 2) + lane % 4 * 2 + j % 2;
  }

 private:
  MARK1_DEVICE void clear() {
#pragma unroll
    for (int i = 0; i < kM; ++i) clear(i);
  }
  MARK1_DEVICE void clear(int i) {
#pragma unroll
    for (int j = 0; j < kN; ++j) {
#pragma unroll
      for (double& sum : chain_[i][j]) sum = 0;
    }
  }
  MARK1_DEVICE double* a_part(int stage) const { return shared_ + stage * Shape::A::elements; }
  MARK1_DEVICE double* b_part(int stage) const {
    return shared_ + Shape::stages * Shape::A::elements + stage * Shape::B::elements;
  }

  // Terms beyond the last are -0 times the +0 that was copied: their sum with anything is that.
  MARK1_DEVICE void load_left(const double* part, int i, int terms, double (&a)[4]) const {
    const int t = gpu::lane() % 4;
    const double* from = part + (row_ + 16 * i) * a_steps_.across + t * a_steps_.k;
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      const double value = from[e % 2 * 8 * a_steps_.across + e / 2 * 4 * a_steps_.k];
      a[e] = t + e / 2 * 4 < terms ? value : -0.0;
    }
  }
  MARK1_DEVICE void load_right(const double* part, int j, double (&b)[2]) const {
    const double* from = part + (column_ + 8 * j) * b_steps_.across + gpu::lane() % 4 * b_steps_.k;
    b[0] = from[0];
    b[1] = from[4 * b_steps_.k];
  }

  // Leaves the chains of a row of pieces empty.
  MARK1_DEVICE void move_to_totals(int i, bool add) {
#pragma unroll
    for (int j = 0; j < kN; ++j) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        Run& total = totals(2 * i + half, 2 * j);
        const double* chain = chain_[i][j] + 2 * half;
        Run sum = {{chain[0], chain[1]}};
        if (add) {
          const Run before = total;
          sum = {{before.of[0] + chain[0], before.of[1] + chain[1]}};
        }
        total = sum;
      }
    }
    clear(i);
  }

  const gpu::Block& block_;
  Left a_;
  Right b_;
  double* shared_;
  const PartSteps a_steps_, b_steps_;
  const int row_, column_;  // the first row of the thread's, and the column whose b it has
  double chain_[kM][kN][4];
};

// Tiles of rows x columns by warps of kM x kN pieces, kParts parts at a time in shared memory.
template <int kTileRows, int kTileColumns, int kM, int kN, int kParts>
struct DoubleShape {
  using T = double;
  static constexpr bool on_units = true;
  static constexpr int rows = kTileRows, columns = kTileColumns, depth = 8, run = 2;
  static constexpr int m = 2 * kM, n = 2 * kN, stages = kParts;  // outputs of a thread
  static constexpr int across = columns / (8 * kN), threads = 32 * (rows / (16 * kM)) * across;
  using A = DoublePart<rows, threads>;
  using B = DoublePart<columns, threads>;
  static_assert(kM % 2 == 0 && rows % (16 * kM) == 0 && columns % (8 * kN) == 0);

  static constexpr int operand_elements = stages * (A::elements + B::elements);
  static constexpr int64_t shared_bytes =
      (int64_t{operand_elements} + int64_t{m} * n * threads) * sizeof(T);

  using LeftMatrix = LineParts<A>;
  using RightMatrix = LineParts<B>;
  template <class Left, class Right>
  using Tile = DoubleTile<DoubleShape, Left, Right>;
};

}  // namespace
}  // namespace mark1::cuda
