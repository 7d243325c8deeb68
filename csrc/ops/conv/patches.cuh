// The matrix of all patches, which is nowhere in memory: rows are windows, columns are taps and
// channels. Element (window, tap) is where a spot of the one and a spot of the other add up to,
// zero if that is outside of the source; so a thread keeps one spot and walks over the others.
#pragma once

#include "ops/conv/conv.h"
#include "ops/gemm/part.cuh"

namespace mark1::cuda {
namespace {

// Positions along the axes and distance in elements; of a row of a tile also where its outputs are.
struct alignas(16) Spot {
  int32_t at[kConvAxes];
  int64_t offset;
  int64_t output;
};
// A row that there is not: whatever is added lies outside.
constexpr int32_t kNowhere = -(1 << 30);

// Four digits that count windows (n, p0, p1, p2) or the terms of one (t0, t1, t2, channel).
struct Walk {
  int32_t digit[4];

  MARK1_DEVICE Walk(const int32_t (&size)[4], int64_t index) {
    auto rest = static_cast<uint32_t>(index);
#pragma unroll
    for (int i = 3; i > 0; --i) {
      const auto n = static_cast<uint32_t>(size[i]);
      digit[i] = static_cast<int32_t>(rest % n);
      rest /= n;
    }
    digit[0] = static_cast<int32_t>(rest);
  }
  MARK1_DEVICE void advance(const int32_t (&size)[4], int by) {
    digit[3] += by;
    while (digit[3] >= size[3]) {
      digit[3] -= size[3];
      if (++digit[2] < size[2]) continue;
      digit[2] = 0;
      if (++digit[1] < size[1]) continue;
      digit[1] = 0;
      ++digit[0];
    }
  }
};

// ConvWindows in numbers of 32 bits, as far as they fit.
struct Patches {
  const void* source;
  int32_t size[kConvAxes];  // of the source
  int32_t windows[4], first[kConvAxes], step[kConvAxes];
  int32_t taps[4], tap[kConvAxes];  // the last of the taps are channels
  int64_t image, stride[kConvAxes];

  MARK1_DEVICE Spot window_spot(const Walk& w) const {
    Spot spot = {{}, w.digit[0] * image, 0};
#pragma unroll
    for (int i = 0; i < kConvAxes; ++i) {
      spot.at[i] = first[i] + w.digit[i + 1] * step[i];
      spot.offset += spot.at[i] * stride[i];
    }
    return spot;
  }
  MARK1_DEVICE Spot tap_spot(const Walk& w) const {
    Spot spot = {{}, w.digit[3], 0};
#pragma unroll
    for (int i = 0; i < kConvAxes; ++i) {
      spot.at[i] = w.digit[i] * tap[i];
      spot.offset += spot.at[i] * stride[i];
    }
    return spot;
  }
  MARK1_DEVICE bool inside(const Spot& a, const Spot& b) const {
    bool in = true;
#pragma unroll
    for (int i = 0; i < kConvAxes; ++i) {
      in &= static_cast<uint32_t>(a.at[i] + b.at[i]) < static_cast<uint32_t>(size[i]);
    }
    return in;
  }
};

// The spots of a tile's rows in shared memory, the first of them being row `first` of `rows`.
// `spot(index)` makes one.
template <class MakeSpot>
MARK1_DEVICE inline void put_spots(const gpu::Block& block, Spot* spots, int count, int64_t first,
                                   int64_t rows, MakeSpot spot) {
  for (int i = block.thread(); i < count; i += block.threads()) {
    spots[i] = first + i < rows ? spot(first + i) : Spot{{kNowhere, kNowhere, kNowhere}, 0, -1};
  }
  block.sync();
}

// Parts whose rows are windows: k runs over taps and channels.
template <class Part>
class WindowParts {
  using T = typename Part::T;
  using AlongK = typename Part::AlongK;

 public:
  MARK1_DEVICE WindowParts(const Patches& patches, int64_t first_channel, const Spot* spots,
                           int thread, int64_t k)
      : patches_(patches),
        source_(static_cast<const T*>(patches.source) + first_channel),
        spots_(spots + AlongK::across(thread)),
        k_(AlongK::k(thread)),
        place_(k_ * Part::line + AlongK::across(thread)),
        walk_(patches.taps, k + k_) {}

  MARK1_DEVICE void fetch(T* part, int64_t terms) {
    const Spot tap = patches_.tap_spot(walk_);
    const T* from = source_ + tap.offset;
#pragma unroll
    for (int s = 0; s < AlongK::count; ++s) {
      const Spot& row = spots_[s * AlongK::step];
      const bool there = k_ < terms && patches_.inside(row, tap);
      gpu::copy_ahead<sizeof(T)>(part + place_ + s * AlongK::step, from + row.offset,
                                 there ? sizeof(T) : 0);
    }
    walk_.advance(patches_.taps, Part::depth);
  }

 private:
  const Patches& patches_;
  const T* source_;
  const Spot* spots_;
  int k_, place_;
  Walk walk_;
};

// Parts whose rows are taps and channels: k runs over windows.
template <class Part>
class TapParts {
  using T = typename Part::T;
  using Across = typename Part::Across;

 public:
  MARK1_DEVICE TapParts(const Patches& patches, int64_t first_channel, const Spot* spots,
                        int thread, int64_t k)
      : patches_(patches),
        source_(static_cast<const T*>(patches.source) + first_channel),
        spots_(spots + Across::across(thread)),
        k_(Across::k(thread)),
        place_(k_ * Part::line + Across::across(thread)),
        // A run of channels then lies side by side.
        wide_(patches.taps[3] % Part::run == 0 && patches.stride[2] % Part::run == 0 &&
              reinterpret_cast<uintptr_t>(source_) % 16 == 0),
        walk_(patches.windows, k + k_) {}

  MARK1_DEVICE void fetch(T* part, int64_t terms) {
#pragma unroll
    for (int s = 0; s < Across::count; ++s) {
      const bool wanted = k_ + s * Across::step < terms;
      const Spot window = patches_.window_spot(walk_);
      const T* from = source_ + window.offset;
      T* to = part + place_ + s * Across::step * Part::line;
      if (wide_) {
        const Spot& row = spots_[0];
        const bool there = wanted && patches_.inside(row, window);
        gpu::copy_ahead<16>(to, from + row.offset, there ? 16 : 0);
      } else {
#pragma unroll
        for (int j = 0; j < Part::run; ++j) {
          const Spot& row = spots_[j];
          const bool there = wanted && patches_.inside(row, window);
          gpu::copy_ahead<sizeof(T)>(to + j, from + row.offset, there ? sizeof(T) : 0);
        }
      }
      walk_.advance(patches_.windows, Across::step);
    }
  }

 private:
  const Patches& patches_;
  const T* source_;
  const Spot* spots_;
  int k_, place_;
  bool wide_;
  Walk walk_;
};

// Parts of a filter: a matrix with a row per tap and channel; or, for an input gradient, taps at
// any distance, within which k lies side by side.
template <class Part>
class FilterParts {
  using T = typename Part::T;
  using AlongK = typename Part::AlongK;

 public:
  MARK1_DEVICE FilterParts(const ConvArgs& conv, const Patches& patches, int64_t group,
                           int64_t column, bool matrix, int thread, int64_t k)
      : conv_(conv),
        patches_(patches),
        matrix_(operand(conv, group, column), thread, k),
        along_k_(!matrix),
        k_(AlongK::k(thread)),
        place_(k_ * Part::line + AlongK::across(thread)),
        left_(conv.outputs - column - AlongK::across(thread)),
        step_(AlongK::step * conv.w_output),
        from_(operand(conv, group, column + AlongK::across(thread)).first),
        walk_(patches.taps, along_k_ ? k + k_ : 0) {}

  MARK1_DEVICE void fetch(T* part, int64_t terms) {
    if (!along_k_) return matrix_.fetch(part, terms);
    const T* from = from_ + walk_.digit[3] * conv_.w_channel;
#pragma unroll
    for (int i = 0; i < kConvAxes; ++i) from += walk_.digit[i] * conv_.w_tap[i];
#pragma unroll
    for (int s = 0; s < AlongK::count; ++s, from += step_) {
      const bool there = k_ < terms && s * AlongK::step < left_;
      gpu::copy_ahead<sizeof(T)>(part + place_ + s * AlongK::step, from, there ? sizeof(T) : 0);
    }
    walk_.advance(patches_.taps, Part::depth);
  }

 private:
  static MARK1_DEVICE Operand<T> operand(const ConvArgs& conv, int64_t group, int64_t column) {
    return {static_cast<const T*>(conv.w) + group * conv.w_group + column * conv.w_output,
            conv.w_output, conv.w_channel, conv.outputs - column};
  }

  const ConvArgs& conv_;
  const Patches& patches_;
  MatrixParts<Part> matrix_;
  bool along_k_;
  int k_, place_;
  int64_t left_, step_;
  const T* from_;
  Walk walk_;
};

}  // namespace
}  // namespace mark1::cuda
