// A tile of a matrix product by one block of threads, in the canonical order.
//
// Each thread owns kM x kN outputs of the tile. The chain of a chunk is in its registers; totals of
// a group of chunks are in shared memory, where they are touched once per 256 values of k, and
// those of all groups, which only sums of more than 16,384 terms have, in y itself.
#pragma once

#include "cuda/block.h"
#include "ops/activation/epilogue.h"
#include "ops/gemm/gemm.h"

namespace mark1::cuda {
namespace {

MARK1_DEVICE inline float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
MARK1_DEVICE inline double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}

// Rows, columns and depth of a tile, and what a thread owns of it.
template <class Number, int kTileRows, int kTileColumns, int kTileDepth, int kM, int kN>
struct TileShape {
  using T = Number;
  static constexpr int rows = kTileRows, columns = kTileColumns, depth = kTileDepth, m = kM, n = kN;
  static constexpr int across = columns / n, threads = rows / m * across;
  static constexpr int outputs = m * n;
  // Four spare columns spread what is stored along k over the banks.
  static constexpr int a_stride = rows + 4, b_stride = columns + 4;
  static constexpr int a_size = depth * a_stride, b_size = depth * b_stride;
  // What a thread fetches of each operand while it multiplies the part before.
  static constexpr int a_share = rows * depth / threads, b_share = columns * depth / threads;
  static_assert(rows * depth % threads == 0 && columns * depth % threads == 0);
  static_assert(kGemmChunk % depth == 0);

  static constexpr int64_t operand_bytes = 2 * (a_size + b_size) * sizeof(T);
  static constexpr int64_t total_bytes = int64_t{outputs} * threads * sizeof(T);
  static constexpr int64_t shared_bytes(int64_t k) {
    return operand_bytes + (k > kGemmChunk ? total_bytes : 0);
  }

  // Row or column i of those that a thread owns: runs of up to four, so that a warp reads shared
  // memory side by side.
  static MARK1_DEVICE int row(int of_threads, int i) {
    constexpr int run = m < 4 ? m : 4;
    return i / run * (rows / (m / run)) + of_threads * run + i % run;
  }
  static MARK1_DEVICE int column(int of_threads, int j) {
    constexpr int run = n < 4 ? n : 4;
    return j / run * (columns / (n / run)) + of_threads * run + j % run;
  }
};

// An operand as a block reads it: `across` runs over the tile, k over the depth.
template <class T>
struct Operand {
  const T* first;
  int64_t across_step, k_step;
  int64_t across;  // how many there are from here on

  MARK1_DEVICE T at(int64_t i, int64_t k, int64_t k_end) const {
    return i < across && k < k_end ? first[i * across_step + k * k_step] : T(0);
  }
};

// Place of element e of a part of `size` x depth: neighbouring threads take what lies side by side.
struct PartPlace {
  int across, k;
};
template <int kSize, int kDepth>
MARK1_DEVICE inline PartPlace part_place(int e, bool along_k) {
  return along_k ? PartPlace{e / kDepth, e % kDepth} : PartPlace{e % kSize, e / kSize};
}

template <class Shape>
class Tile {
  using T = typename Shape::T;

 public:
  MARK1_DEVICE Tile(const gpu::Block& block, const Operand<T>& a, const Operand<T>& b)
      : block_(block),
        a_(a),
        b_(b),
        shared_(block.shared<T>()),
        down_(block.thread() / Shape::across),
        across_(block.thread() % Shape::across) {}

  // Adds up terms k_begin .. k_end - 1, k_begin being the first of a chunk. Calls end_chunk(k) when
  // a chunk ends before term k.
  template <class EndChunk>
  MARK1_DEVICE void accumulate(int64_t k_begin, int64_t k_end, EndChunk end_chunk) {
    clear();
    fetch(k_begin, k_end);
    int buffer = 0;
    for (int64_t k = k_begin; k < k_end; k += Shape::depth) {
      put(buffer);
      block_.sync();
      const int64_t next = k + Shape::depth;
      if (next < k_end) fetch(next, k_end);
      multiply(buffer, k_end - k < Shape::depth ? static_cast<int>(k_end - k) : Shape::depth);
      buffer ^= 1;
      if (next >= k_end || next % kGemmChunk == 0) {
        end_chunk(next < k_end ? next : k_end);
        clear();
      }
    }
  }

  MARK1_DEVICE T& chain(int i, int j) { return chain_[i][j]; }
  // The same in shared memory, for this thread alone.
  MARK1_DEVICE T& total(int i, int j) {
    T* totals = shared_ + 2 * (Shape::a_size + Shape::b_size);
    return totals[(i * Shape::n + j) * Shape::threads + block_.thread()];
  }
  MARK1_DEVICE int row(int i) const { return Shape::row(down_, i); }
  MARK1_DEVICE int column(int j) const { return Shape::column(across_, j); }

 private:
  MARK1_DEVICE void clear() {
    for (auto& row : chain_) {
      for (T& sum : row) sum = 0;
    }
  }
  MARK1_DEVICE T* a_part(int buffer) const { return shared_ + buffer * Shape::a_size; }
  MARK1_DEVICE T* b_part(int buffer) const {
    return shared_ + 2 * Shape::a_size + buffer * Shape::b_size;
  }

  MARK1_DEVICE void fetch(int64_t k, int64_t k_end) {
#pragma unroll
    for (int i = 0; i < Shape::a_share; ++i) {
      const PartPlace p = a_place(i);
      a_next_[i] = a_.at(p.across, k + p.k, k_end);
    }
#pragma unroll
    for (int i = 0; i < Shape::b_share; ++i) {
      const PartPlace p = b_place(i);
      b_next_[i] = b_.at(p.across, k + p.k, k_end);
    }
  }
  MARK1_DEVICE void put(int buffer) {
#pragma unroll
    for (int i = 0; i < Shape::a_share; ++i) {
      const PartPlace p = a_place(i);
      a_part(buffer)[p.k * Shape::a_stride + p.across] = a_next_[i];
    }
#pragma unroll
    for (int i = 0; i < Shape::b_share; ++i) {
      const PartPlace p = b_place(i);
      b_part(buffer)[p.k * Shape::b_stride + p.across] = b_next_[i];
    }
  }
  MARK1_DEVICE PartPlace a_place(int i) const {
    return part_place<Shape::rows, Shape::depth>(block_.thread() + i * Shape::threads,
                                                 a_.k_step == 1);
  }
  MARK1_DEVICE PartPlace b_place(int i) const {
    return part_place<Shape::columns, Shape::depth>(block_.thread() + i * Shape::threads,
                                                    b_.k_step == 1);
  }

  // No term beyond the last is added: adding a zero would turn -0 into +0.
  MARK1_DEVICE void multiply(int buffer, int terms) {
    const T* a = a_part(buffer);
    const T* b = b_part(buffer);
    if (terms == Shape::depth) {
#pragma unroll
      for (int k = 0; k < Shape::depth; ++k) term(a + k * Shape::a_stride, b + k * Shape::b_stride);
    } else {
      for (int k = 0; k < terms; ++k) term(a + k * Shape::a_stride, b + k * Shape::b_stride);
    }
  }
  MARK1_DEVICE void term(const T* a, const T* b) {
    T left[Shape::m], right[Shape::n];
#pragma unroll
    for (int i = 0; i < Shape::m; ++i) left[i] = a[row(i)];
#pragma unroll
    for (int j = 0; j < Shape::n; ++j) right[j] = b[column(j)];
#pragma unroll
    for (int i = 0; i < Shape::m; ++i) {
#pragma unroll
      for (int j = 0; j < Shape::n; ++j) chain_[i][j] = fused(left[i], right[j], chain_[i][j]);
    }
  }

  const gpu::Block& block_;
  const Operand<T> a_, b_;
  T* shared_;
  const int down_, across_;
  T chain_[Shape::m][Shape::n];
  T a_next_[Shape::a_share], b_next_[Shape::b_share];
};

}  // namespace
}  // namespace mark1::cuda
