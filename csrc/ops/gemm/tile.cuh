// A tile of a matrix product by one block of threads, in the canonical order.
//
// Each thread owns kM x kN outputs of the tile, whose chains are in its registers. Operands come
// part by part, kStages of them in shared memory at a time, by copies that go on while others are
// multiplied; where they come from is the business of a class such as MatrixParts. Totals of a
// group of chunks are in shared memory, too, where they are touched once per 256 values of k: 6 of
// 1,000 instructions. From there they are written, when no chain takes registers any more.
//
// What bounds it: 8 x 8 outputs take four 16-byte reads of shared memory per 64 multiply-adds of a
// thread, 16 x 8 take six per 128. Multiply-adds are 85 to 95 % of the instructions.
#pragma once

#include "ops/gemm/fused.h"
#include "ops/gemm/gemm.h"
#include "ops/gemm/part.cuh"

namespace mark1::cuda {
namespace {

template <class Shape, class Left, class Right>
class CoreTile;

// Rows, columns and depth of a tile, and what a thread owns of it.
template <class Number, int kTileRows, int kTileColumns, int kTileDepth, int kM, int kN, int kParts>
struct TileShape {
  using T = Number;
  static constexpr bool on_units = false;
  static constexpr int rows = kTileRows, columns = kTileColumns, depth = kTileDepth;
  static constexpr int m = kM, n = kN, stages = kParts;
  static constexpr int across = columns / n, threads = rows / m * across;
  static constexpr int run = 16 / sizeof(T);
  using A = Part<T, rows, depth, threads>;
  using B = Part<T, columns, depth, threads>;
  static_assert(m % run == 0 && n % run == 0 && threads % 32 == 0 && kGemmChunk % depth == 0);

  static constexpr int operand_elements = stages * (A::elements + B::elements);
  static constexpr int64_t shared_bytes =
      (int64_t{operand_elements} + int64_t{m} * n * threads) * sizeof(T);

  // How the operands of a matrix product are fetched, and what multiplies them.
  using LeftMatrix = MatrixParts<A>;
  using RightMatrix = MatrixParts<B>;
  template <class Left, class Right>
  using Tile = CoreTile<TileShape, Left, Right>;

  // Row or column i of those that a thread owns: runs of 16 bytes, so that a warp reads shared
  // memory side by side.
  static MARK1_DEVICE int row(int of_threads, int i) {
    return i / run * (rows / (m / run)) + of_threads * run + i % run;
  }
  static MARK1_DEVICE int column(int of_threads, int j) {
    return j / run * (columns / (n / run)) + of_threads * run + j % run;
  }
};

template <class Shape, class Left, class Right>
class CoreTile {
  using T = typename Shape::T;
  using Run = Sixteen<T>;

 public:
  // The two are about to fetch term k_begin of accumulate().
  MARK1_DEVICE CoreTile(const gpu::Block& block, const Left& a, const Right& b)
      : block_(block),
        a_(a),
        b_(b),
        shared_(block.shared<T>()),
        down_(block.thread() / Shape::across),
        across_(block.thread() % Shape::across) {}

  // Adds up terms k_begin .. k_end - 1, k_begin being the first of a chunk, and totals of chunks
  // within groups of group_terms, a power of two. Calls end_group(group) when totals(i, j) are
  // those of a group.
  template <class EndGroup>
  MARK1_DEVICE void accumulate(int64_t k_begin, int64_t k_end, int64_t group_terms,
                               EndGroup end_group) {
    constexpr int ahead = Shape::stages - 1;
    clear();
    int64_t fetched = k_begin;
    int put = 0, taken = 0;
    const auto fetch_next = [&] {
      if (fetched < k_end) {
        a_.fetch(a_part(put), k_end - fetched);
        b_.fetch(b_part(put), k_end - fetched);
      }
      gpu::close_copies();  // empty groups at the end keep the count
      fetched += Shape::depth;
      put = put + 1 < Shape::stages ? put + 1 : 0;
    };
#pragma unroll 1
    for (int s = 0; s < ahead; ++s) fetch_next();
#pragma unroll 1
    for (int64_t k = k_begin; k < k_end; k += Shape::depth) {
      gpu::await_copies<ahead - 1>();
      block_.sync();  // all have what they copied, and are done with the part that is replaced now
      fetch_next();
      multiply(taken, k_end - k < Shape::depth ? static_cast<int>(k_end - k) : Shape::depth);
      taken = taken + 1 < Shape::stages ? taken + 1 : 0;
      const int64_t next = k + Shape::depth;
      if (next < k_end && next % kGemmChunk != 0) continue;
      const int64_t chunk = k / kGemmChunk * kGemmChunk;
      move_to_totals((chunk & (group_terms - 1)) != 0);
      if (next >= k_end || (next & (group_terms - 1)) == 0) end_group(chunk / group_terms);
    }
    if (k_begin < k_end) return;
    move_to_totals(false);  // no terms are a sum of 0
    end_group(k_begin / group_terms);
  }

  // A run of this thread's totals from output (i, j) on; those of neighbours lie side by side.
  MARK1_DEVICE Run& totals(int i, int j) const {
    T* first = shared_ + Shape::operand_elements;
    const int run = (i * Shape::n + j) / Shape::run;
    return *reinterpret_cast<Run*>(first + (run * Shape::threads + block_.thread()) * Shape::run);
  }
  MARK1_DEVICE int row(int i) const { return Shape::row(down_, i); }
  MARK1_DEVICE int column(int j) const { return Shape::column(across_, j); }

 private:
  MARK1_DEVICE void clear() {
#pragma unroll
    for (int i = 0; i < Shape::m; ++i) {
#pragma unroll
      for (int j = 0; j < Shape::n; ++j) chain_[i][j] = 0;
    }
  }
  MARK1_DEVICE T* a_part(int stage) const { return shared_ + stage * Shape::A::elements; }
  MARK1_DEVICE T* b_part(int stage) const {
    return shared_ + Shape::stages * Shape::A::elements + stage * Shape::B::elements;
  }

  // Leaves the chains empty.
  MARK1_DEVICE void move_to_totals(bool add) {
#pragma unroll
    for (int i = 0; i < Shape::m; ++i) {
#pragma unroll
      for (int j = 0; j < Shape::n; j += Shape::run) {
        Run& total = totals(i, j);
        Run sum;
        if (add) sum = total;
#pragma unroll
        for (int e = 0; e < Shape::run; ++e) {
          sum.of[e] = add ? sum.of[e] + chain_[i][j + e] : chain_[i][j + e];
        }
        total = sum;
      }
    }
    clear();
  }

  // No term beyond the last is added: adding a zero would turn -0 into +0.
  MARK1_DEVICE void multiply(int stage, int terms) {
    const T* a = a_part(stage) + down_ * Shape::run;
    const T* b = b_part(stage) + across_ * Shape::run;
    T left[2][Shape::m], right[2][Shape::n];
    load(a, b, left[0], right[0]);
    if (terms == Shape::depth) {
      // The next line is read while this one is multiplied.
#pragma unroll
      for (int k = 0; k < Shape::depth; ++k) {
        if (k + 1 < Shape::depth) {
          load(a + (k + 1) * Shape::A::line, b + (k + 1) * Shape::B::line, left[(k + 1) % 2],
               right[(k + 1) % 2]);
        }
        add(left[k % 2], right[k % 2]);
      }
      return;
    }
#pragma unroll 1
    for (int k = 0; k < terms; ++k) {
      load(a + k * Shape::A::line, b + k * Shape::B::line, left[0], right[0]);
      add(left[0], right[0]);
    }
  }
  MARK1_DEVICE static void load(const T* a, const T* b, T (&left)[Shape::m], T (&right)[Shape::n]) {
    load_runs<Shape::m, Shape::rows>(a, left);
    load_runs<Shape::n, Shape::columns>(b, right);
  }
  template <int kCount, int kSpan>
  MARK1_DEVICE static void load_runs(const T* line, T (&values)[kCount]) {
    constexpr int runs = kCount / Shape::run;
#pragma unroll
    for (int r = 0; r < runs; ++r) {
      const Run run = *reinterpret_cast<const Run*>(line + r * (kSpan / runs));
#pragma unroll
      for (int e = 0; e < Shape::run; ++e) values[r * Shape::run + e] = run.of[e];
    }
  }
  MARK1_DEVICE void add(const T (&left)[Shape::m], const T (&right)[Shape::n]) {
#pragma unroll
    for (int i = 0; i < Shape::m; ++i) {
#pragma unroll
      for (int j = 0; j < Shape::n; ++j) chain_[i][j] = fused(left[i], right[j], chain_[i][j]);
    }
  }

  const gpu::Block& block_;
  Left a_;
  Right b_;
  T* shared_;
  const int down_, across_;
  T chain_[Shape::m][Shape::n];
};

}  // namespace
}  // namespace mark1::cuda
