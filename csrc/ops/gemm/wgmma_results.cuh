// How a warp of a warpgroup ends its 16 x 256 sums and writes them.
//
// Where all of them are there and lie well this takes, with bias and relu, some 1,000 instructions
// of a thread, 2,000 cycles of a tile's 64,000 for 4,096 terms; other tiles take twice that.
#pragma once

#include "cuda/boxes.h"
#include "cuda/warpgroups.h"
#include "ops/gemm/narrow_formats.cuh"
#include "ops/gemm/sums.cuh"
#include "ops/gemm/wgmma.h"

namespace mark1::cuda {
namespace {

struct GroupArgs {
  gpu::TensorMap a, b;
  WarpgroupProduct job;
  int64_t tile_rows, tile_columns;  // tile_rows: of all blocks of a cluster
  bool a_steps, b_steps;            // whether every product of a batch has an operand of its own
  int64_t y_step;                   // numbers from one result of a batch to the next
  bool wide;                        // results may be written four at a time
};

// One tile of a part of the sums.
struct GroupItem {
  int row, column, first, steps;  // of the cluster's first block; of k, in numbers and stages
  int64_t matrix, part;
};

// Bias and activation of sums whose first column is `column` of the result.
struct GroupEnding {
  const float* bias;
  bool relu;

  MARK1_DEVICE float of(float sum, int64_t column) const {
    if (bias) sum += bias[column];
    return relu ? Relu::value(Vec<float>(sum), {}).v : sum;
  }
};

// Neither, as for most gradients: a third of the instructions.
struct NoEnding {
  MARK1_DEVICE float of(float sum, int64_t) const { return sum; }
};

template <class Format>
MARK1_DEVICE inline uint32_t packed(float low, float high) {
  return __is_same(Format, Bf16Format) ? gpu::pack_bf16(low, high) : gpu::pack_f16(low, high);
}

// Neighbouring lanes exchange words of two results, so that each has four side by side: even lanes
// of columns 8 j to 8 j + 7, odd ones of the eight after them.
MARK1_DEVICE inline Pair four_together(uint32_t low, uint32_t high, int lane) {
  const bool odd = lane & 1;
  const uint32_t other = gpu::shuffle(odd ? low : high, lane ^ 1);
  return {{odd ? other : low, odd ? high : other}};
}

template <class Format, class End>
MARK1_DEVICE inline void write_words(uint16_t* y, int64_t y_row, int64_t column, const End& end,
                                     const float (&sums)[128]) {
  const int lane = gpu::lane(), t = lane % 4;
  uint16_t* first = y + 8 * (t & 1) + 2 * (t & 2);
  uint16_t* const lines[] = {first, first + 8 * y_row};
#pragma unroll
  for (int j = 0; j < kWarpgroupColumns / 8; j += 2) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      uint32_t words[2];
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        const float* two = sums + 4 * (j + i) + 2 * half;
        const int64_t at = column + 8 * (j + i) + 2 * t;
        words[i] = packed<Format>(end.of(two[0], at), end.of(two[1], at + 1));
      }
      *reinterpret_cast<Pair*>(lines[half] + 8 * j) = four_together(words[0], words[1], lane);
    }
  }
}

template <class End>
MARK1_DEVICE inline void write_floats(float* y, int64_t y_row, int64_t column, const End& end,
                                      const float (&sums)[128]) {
  const int t = gpu::lane() % 4;
  float* const lines[] = {y + 2 * t, y + 2 * t + 8 * y_row};
#pragma unroll
  for (int j = 0; j < kWarpgroupColumns / 8; ++j) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const float* two = sums + 4 * j + 2 * half;
      const int64_t at = column + 8 * j + 2 * t;
      const float low = end.of(two[0], at), high = end.of(two[1], at + 1);
      *reinterpret_cast<Pair*>(lines[half] + 8 * j) = {
          {__builtin_bit_cast(uint32_t, low), __builtin_bit_cast(uint32_t, high)}};
    }
  }
}

// One by one, those that are there.
template <class Number, class Round>
MARK1_DEVICE inline void write_some(Number* y, int64_t y_row, int64_t column,
                                    const GroupEnding& end, const float (&sums)[128], int64_t rows,
                                    int64_t columns, Round rounded) {
  const int lane = gpu::lane(), first = lane % 4 * 2;
  const int below = static_cast<int>(columns < kWarpgroupColumns ? columns : kWarpgroupColumns);
  const int left = below - first;  // columns from the lane's first on
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    if (lane / 4 + 8 * half >= rows) continue;
    Number* to = y + half * 8 * y_row + first;
#pragma unroll
    for (int e = 0; e < 64; ++e) {
      const int at = e / 2 * 8 + e % 2;
      if (at < left) {
        to[at] = rounded(end.of(sums[e / 2 * 4 + 2 * half + e % 2], column + first + at));
      }
    }
  }
}

// The rows of a warp, from `row` on.
template <class Format>
MARK1_DEVICE inline void write_sums(const GroupArgs& args, const GroupItem& it, int row,
                                    const float (&sums)[128]) {
  const WarpgroupProduct& job = args.job;
  const GemmArgs& g = job.product.gemm;
  const int64_t rows = g.m - row, columns = g.n - it.column;
  const bool parts = job.to_workspace, narrow = job.product.narrow && !parts;
  const bool whole = args.wide && rows >= 16 && columns >= kWarpgroupColumns;
  const GroupEnding end = {parts ? nullptr : static_cast<const float*>(g.bias),
                           !parts && g.activation != nullptr};
  const bool plain = !end.bias && !end.relu;
  const int64_t y_row = parts ? g.n : g.y_row;
  int64_t at = parts ? (it.part * g.batch.count + it.matrix) * g.m * g.n : it.matrix * args.y_step;
  at += (row + gpu::lane() / 4) * y_row + it.column;
  if (narrow) {
    auto* y = static_cast<uint16_t*>(g.y) + at;
    if (whole && plain) return write_words<Format>(y, y_row, it.column, NoEnding(), sums);
    if (whole) return write_words<Format>(y, y_row, it.column, end, sums);
    return write_some(y, y_row, it.column, end, sums, rows, columns,
                      [](float x) { return static_cast<uint16_t>(packed<Format>(x, 0)); });
  }
  float* y = static_cast<float*>(parts ? g.workspace : g.y) + at;
  if (whole && plain) return write_floats(y, y_row, it.column, NoEnding(), sums);
  if (whole) return write_floats(y, y_row, it.column, end, sums);
  write_some(y, y_row, it.column, end, sums, rows, columns, [](float x) { return x; });
}

}  // namespace
}  // namespace mark1::cuda
