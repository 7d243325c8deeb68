// Parts of operands in shared memory: what a block multiplies at a time, and how its threads share
// the work of fetching it.
#pragma once

#include "cuda/block.h"

namespace mark1::cuda {
namespace {

// Sixteen bytes, which one instruction moves.
template <class T>
struct alignas(16) Sixteen {
  T of[16 / sizeof(T)];
};

// kDepth lines of kSize elements: a line is what the terms of one k have in common. `across` runs
// along a line.
template <class Number, int kSize, int kDepth, int kThreads>
struct Part {
  using T = Number;
  static constexpr int run = 16 / sizeof(T);  // elements of a wide copy
  static constexpr int across = kSize, depth = kDepth;
  // 16 spare bytes spread what is stored along k over the banks.
  static constexpr int line = kSize + run;
  static constexpr int elements = kDepth * line;

  // Where k lies side by side in memory: 8 threads of a warp take as many k of one place across, 4
  // such rows are neighbours. They read sectors of 32 bytes and write to 32 different banks.
  struct AlongK {
    static constexpr int warps = kThreads / 32, warps_along = kDepth / 8;
    static constexpr int step = 4 * (warps / warps_along), count = kSize / step;
    static_assert(kDepth % 8 == 0 && warps % warps_along == 0 && kSize % step == 0 && count <= 32);
    static MARK1_DEVICE int k(int thread) { return thread % 8 + 8 * (thread / 32 % warps_along); }
    static MARK1_DEVICE int across(int thread) {
      return thread / 8 % 4 + 4 * (thread / 32 / warps_along);
    }
  };

  // Where a line lies side by side: a thread takes runs of 16 bytes of it, `step` lines apart.
  struct Across {
    static constexpr int runs = kSize / run, step = kThreads / runs, count = kDepth / step;
    static_assert(kSize % run == 0 && kThreads % runs == 0 && kDepth % step == 0);
    static MARK1_DEVICE int k(int thread) { return thread / runs; }
    static MARK1_DEVICE int across(int thread) { return thread % runs * run; }
  };
};

// A matrix as a block reads it: `across` elements from here on, k at every step.
template <class T>
struct Operand {
  const T* first;
  int64_t across_step, k_step;
  int64_t across;
};

// Fetches parts of a matrix, one after the other; neighbouring threads take what lies side by side.
template <class Part>
class MatrixParts {
  using T = typename Part::T;
  using AlongK = typename Part::AlongK;
  using Across = typename Part::Across;
  static constexpr int kItem = sizeof(T);

 public:
  MARK1_DEVICE MatrixParts(const Operand<T>& matrix, int thread, int64_t k)
      : along_k_(matrix.k_step == 1 && matrix.across_step != 1),
        k_(along_k_ ? AlongK::k(thread) : Across::k(thread)),
        across_step_(matrix.across_step),
        step_(along_k_ ? AlongK::step * matrix.across_step : Across::step * matrix.k_step),
        advance_(Part::depth * matrix.k_step) {
    const int across = along_k_ ? AlongK::across(thread) : Across::across(thread);
    place_ = k_ * Part::line + across;
    from_ = matrix.first + (k + k_) * matrix.k_step + across * matrix.across_step;
    const int64_t left = matrix.across - across;
    if (along_k_) {
      inside_ = 0;
      for (int s = 0; s < AlongK::count; ++s) {
        inside_ |= static_cast<uint32_t>(s * AlongK::step < left) << s;
      }
      wide_ = false;
    } else {
      inside_ = static_cast<uint32_t>(left < 0 ? 0 : left < Part::run ? left : Part::run);
      wide_ = across_step_ == 1 && reinterpret_cast<uintptr_t>(from_) % 16 == 0 &&
              matrix.k_step % Part::run == 0;
    }
  }

  // Queues the copies of the next part, of whose lines `terms` are wanted.
  MARK1_DEVICE void fetch(T* part, int64_t terms) {
    T* to = part + place_;
    const T* from = from_;
    if (along_k_) {
      const bool wanted = k_ < terms;
#pragma unroll
      for (int s = 0; s < AlongK::count; ++s, from += step_) {
        gpu::copy_ahead<kItem>(to + s * AlongK::step, from,
                               wanted && (inside_ >> s & 1) ? kItem : 0);
      }
    } else {
#pragma unroll
      for (int s = 0; s < Across::count; ++s, from += step_) {
        const int wanted = k_ + s * Across::step < terms ? static_cast<int>(inside_) : 0;
        T* line = to + s * Across::step * Part::line;
        if (wide_) {
          gpu::copy_ahead<16>(line, from, wanted * kItem);
        } else {
#pragma unroll
          for (int j = 0; j < Part::run; ++j) {
            gpu::copy_ahead<kItem>(line + j, from + j * across_step_, j < wanted ? kItem : 0);
          }
        }
      }
    }
    from_ += advance_;
  }

 private:
  bool along_k_, wide_;
  int k_, place_;
  uint32_t inside_;  // a bit per copy along k; or how many elements of the run there are
  int64_t across_step_, step_, advance_;  // step_: from copy to copy
  const T* from_;
};

}  // namespace
}  // namespace mark1::cuda
