// Patches of a source as rows of a matrix: where they lie, and copies of parts of them.
#pragma once

#include "ops/conv/conv.h"
#include "ops/gemm/pack.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// A piece of a patch that is contiguous in the source: channels under one tap, or under all taps of
// the last axis.
struct Run {
  int64_t at[2];   // distance from the window's first tap along the outer axes
  int64_t start;   // likewise along the last axis, in elements
  int64_t offset;  // of all three, in elements
  int64_t length;
};

// Where a window's first tap lies.
struct Place {
  int64_t image;  // element of the source at which the image begins
  int64_t at[2];
  int64_t start;   // along the last axis, in elements
  int64_t offset;  // of all, in elements; may be outside of the source
  int64_t y;       // element of the output
  bool inside;     // with all taps: nothing needs to be checked
};

inline int64_t count_windows(const ConvWindows& w) {
  return w.batch * w.axis[0].windows * w.axis[1].windows * w.axis[2].windows;
}

inline int64_t count_terms(const ConvWindows& w) {
  return w.axis[0].taps * w.axis[1].taps * w.axis[2].taps * w.channels;
}

inline bool taps_inside(const ConvAxis& axis, int64_t at) {
  const int64_t end = at + (axis.taps - 1) * axis.tap;
  return at >= 0 && at < axis.size && end >= 0 && end < axis.size;
}

template <class T>
class Patches {
 public:
  explicit Patches(const ConvWindows& w)
      : w_(w),
        source_(static_cast<const T*>(w.source)),
        pixel_(w.groups * w.channels),
        line_(w.axis[2].size * pixel_),
        merged_(w.axis[2].tap == 1 && w.groups == 1) {}

  // Terms [k, k + count) of the patches of a group, as runs in ascending order.
  int runs(int64_t group, int64_t k, int64_t count, Run* runs) const {
    const int64_t length = merged_ ? w_.axis[2].taps * w_.channels : w_.channels;
    int n = 0;
    for (int64_t end = k + count; k < end; ++n) {
      Run& run = runs[n];
      int64_t tap = k / length;
      run.start = k % length + group * w_.channels;
      run.length = smaller(length - k % length, end - k);
      if (!merged_) {
        run.start += tap % w_.axis[2].taps * w_.axis[2].tap * pixel_;
        tap /= w_.axis[2].taps;
      }
      run.at[0] = tap / w_.axis[1].taps * w_.axis[0].tap;
      run.at[1] = tap % w_.axis[1].taps * w_.axis[1].tap;
      run.offset = (run.at[0] * w_.axis[1].size + run.at[1]) * line_ + run.start;
      k += run.length;
    }
    return n;
  }

  // The places of windows [rows.begin, rows.end).
  void places(Range rows, const int64_t* y_window, int64_t y_batch, Place* places) const {
    int64_t at[kConvAxes];
    int64_t n = rows.begin;
    for (int i = kConvAxes - 1; i >= 0; --i) {
      at[i] = n % w_.axis[i].windows;
      n /= w_.axis[i].windows;
    }
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      place(n, at, places[row - rows.begin]);
      places[row - rows.begin].y =
          n * y_batch + at[0] * y_window[0] + at[1] * y_window[1] + at[2] * y_window[2];
      int i = kConvAxes - 1;
      while (i >= 0 && ++at[i] == w_.axis[i].windows) at[i--] = 0;
      if (i < 0) ++n;
    }
  }

  // Copies a run; up to a vector behind its end is overwritten.
  [[gnu::always_inline]] inline void copy(const Place& place, const Run& run, T* to) const {
    if (place.inside) {
      copy_elements(source_ + place.offset + run.offset, run.length, to);
    } else {
      copy_clipped(place, run, to);
    }
  }

 private:
  void place(int64_t n, const int64_t (&at)[kConvAxes], Place& place) const {
    int64_t first[kConvAxes];
    place.inside = true;
    for (int i = 0; i < kConvAxes; ++i) {
      first[i] = w_.axis[i].first + at[i] * w_.axis[i].step;
      place.inside = place.inside && taps_inside(w_.axis[i], first[i]);
    }
    place.image = n * w_.axis[0].size * w_.axis[1].size * line_;
    place.at[0] = first[0];
    place.at[1] = first[1];
    place.start = first[2] * pixel_;
    place.offset = place.image + (first[0] * w_.axis[1].size + first[1]) * line_ + place.start;
  }

  static void copy_elements(const T* from, int64_t count, T* to) {
    using V = Vec<T>;
    int64_t i = 0;
    for (; i + V::width <= count; i += V::width) V::load(from + i).store(to + i);
    if (i < count) V::load(from + i, static_cast<int>(count - i)).store(to + i);
  }

  static void clear(T* to, int64_t count) {
    using V = Vec<T>;
    for (int64_t i = 0; i < count; i += V::width) V(T(0)).store(to + i);
  }

  void copy_clipped(const Place& place, const Run& run, T* to) const {
    const int64_t at0 = place.at[0] + run.at[0];
    const int64_t at1 = place.at[1] + run.at[1];
    if (at0 < 0 || at0 >= w_.axis[0].size || at1 < 0 || at1 >= w_.axis[1].size) {
      clear(to, run.length);
      return;
    }
    const int64_t start = place.start + run.start;
    const int64_t end = smaller(run.length, line_ - start);
    const int64_t begin = start < 0 ? smaller(-start, run.length) : 0;
    if (begin >= end) {
      clear(to, run.length);
      return;
    }
    clear(to, begin);
    copy_elements(source_ + place.offset + run.offset + begin, end - begin, to + begin);
    if (end < run.length) clear(to + end, run.length - end);
  }

  const ConvWindows& w_;
  const T* source_;
  int64_t pixel_;
  int64_t line_;
  bool merged_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
