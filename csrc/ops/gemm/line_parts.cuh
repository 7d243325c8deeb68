// Parts of operands whichever way they lie in memory: copies are of 16 bytes along k as well.
#pragma once

#include "ops/gemm/part.cuh"

namespace mark1::cuda {
namespace {

// kDepth values of k of kSize rows or columns, a line per value of k or, where k lies side by side
// in memory, a line per row. `spare` numbers per line keep readers free of bank conflicts.
template <class Number, int kSize, int kDepth, int kThreads, int kSpare>
struct LinePart {
  using T = Number;
  static constexpr int run = 16 / sizeof(T), across = kSize, depth = kDepth;
  static constexpr int line = kSize + kSpare, row_line = kDepth + kSpare;
  static constexpr int elements =
      line * kDepth > row_line* kSize ? line * kDepth : row_line * kSize;
  static_assert(kSpare % run == 0);

  struct Across {
    static constexpr int runs = kSize / run, step = kThreads / runs, count = depth / step;
    static_assert(kSize % run == 0 && kThreads % runs == 0 && depth % step == 0);
    static MARK1_DEVICE int k(int thread) { return thread / runs; }
    static MARK1_DEVICE int across(int thread) { return thread % runs * run; }
  };
  struct InRows {
    static constexpr int runs = depth / run, step = kThreads / runs, count = kSize / step;
    static_assert(depth % run == 0 && kSize % step == 0 && step % 4 == 0);
    static MARK1_DEVICE int k(int thread) { return thread % runs * run; }
    // Neighbours of rows are two apart: if there are four runs in one, eight threads then write to
    // all banks.
    static MARK1_DEVICE int across(int thread) {
      const int row = thread / runs;
      return (row & ~3) | (row & 1) << 1 | (row >> 1 & 1);
    }
  };
};

// How a part lies in shared memory: from row to row and from k to k.
struct PartSteps {
  int across, k;
};

// Fetches parts of a matrix, one after the other.
template <class Part>
class LineParts {
  using T = typename Part::T;
  using InRows = typename Part::InRows;
  using Across = typename Part::Across;
  static constexpr int kItem = sizeof(T);

 public:
  MARK1_DEVICE LineParts(const Operand<T>& matrix, int thread, int64_t k)
      : in_rows_(matrix.k_step == 1 && matrix.across_step != 1),
        k_(in_rows_ ? InRows::k(thread) : Across::k(thread)),
        side_(in_rows_ ? 1 : matrix.across_step),
        step_(in_rows_ ? InRows::step * matrix.across_step : Across::step * matrix.k_step),
        k_step_(matrix.k_step) {
    const int across = in_rows_ ? InRows::across(thread) : Across::across(thread);
    from_ = matrix.first + (k + k_) * matrix.k_step + across * matrix.across_step;
    const int64_t left = matrix.across - across;
    const int64_t other = in_rows_ ? matrix.across_step : matrix.k_step;
    wide_ = side_ == 1 && other % Part::run == 0 && reinterpret_cast<uintptr_t>(from_) % 16 == 0;
    place_ = in_rows_ ? across * Part::row_line + k_ : k_ * Part::line + across;
    // Of rows how many copies have one; across the numbers of a run.
    const int64_t there = in_rows_ ? (left + InRows::step - 1) / InRows::step : left;
    const int most = in_rows_ ? InRows::count : Part::run;
    inside_ = static_cast<int>(there < 0 ? 0 : there < most ? there : most);
  }
  MARK1_DEVICE PartSteps steps() const {
    return in_rows_ ? PartSteps{Part::row_line, 1} : PartSteps{1, Part::line};
  }

  // Queues the copies of the next part, of which `terms` values of k are wanted.
  MARK1_DEVICE void fetch(T* part, int64_t terms) {
    const T* from = from_;
    T* to = part + place_;
    if (in_rows_) {
      const int left = static_cast<int>(terms < Part::depth ? terms : Part::depth) - k_;
      const int wanted = left < 0 ? 0 : left < Part::run ? left : Part::run;
#pragma unroll
      for (int s = 0; s < InRows::count; ++s, from += step_) {
        copy(to + s * InRows::step * Part::row_line, from, s < inside_ ? wanted : 0);
      }
    } else {
#pragma unroll
      for (int s = 0; s < Across::count; ++s, from += step_) {
        copy(to + s * Across::step * Part::line, from, k_ + s * Across::step < terms ? inside_ : 0);
      }
    }
    skip(Part::depth);
  }
  MARK1_DEVICE void skip(int64_t terms) { from_ += terms * k_step_; }

 private:
  MARK1_DEVICE void copy(T* to, const T* from, int wanted) const {
    if (wide_) return gpu::copy_ahead<16>(to, from, wanted * kItem);
#pragma unroll
    for (int j = 0; j < Part::run; ++j) {
      gpu::copy_ahead<kItem>(to + j, from + j * side_, j < wanted ? kItem : 0);
    }
  }

  bool in_rows_, wide_;
  int k_, place_, inside_;
  int64_t side_, step_, k_step_;  // from number to number of a copy, from copy to copy
  const T* from_;
};

}  // namespace
}  // namespace mark1::cuda
