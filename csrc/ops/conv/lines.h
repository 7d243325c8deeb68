// Lines of the source with the zeros that windows see around them: the patches of a line of windows
// then lie evenly, and are read where they are.
#pragma once

#include "ops/conv/pixel.h"
#include "simd/ahead.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

inline int64_t magnitude(int64_t a) {
  return a < 0 ? -a : a;
}

// The taps along an axis as positions of the source under one window.
inline int64_t span(const ConvAxis& axis) {
  return (axis.taps - 1) * magnitude(axis.tap) + 1;
}

struct LinesPlan {
  bool copied;       // windows reach beyond the ends of lines, or lines are not held as they are
  int64_t lowest;    // first position of a padded line
  int64_t extent;    // its positions
  int64_t pixel;     // elements from position to position
  int64_t length;    // elements of a line
  int64_t pointers;  // lines of windows held, times lines under one window
  int64_t copies;    // padded lines that these need at most

  // For `count` lines of windows at a time.
  LinesPlan(const ConvWindows& w, int64_t count, const Pixel& of) {
    const ConvAxis& along = w.axis[2];
    const ConvAxis& across = w.axis[1];
    lowest = along.first + smaller(0, (along.taps - 1) * along.tap);
    extent = along.taps == 0 ? 0 : (along.windows - 1) * along.step + span(along);
    copied = !of.as_is || lowest < 0 || lowest + extent > along.size;
    pixel = copied ? of.held : of.pitch;
    length = count > 0 ? extent * pixel : 0;
    const int64_t under = w.axis[0].taps * across.taps;
    pointers = count * under;
    int64_t fresh = across.taps;
    if (across.tap != 0 && across.step % across.tap == 0) {
      fresh = smaller(fresh, magnitude(across.step / across.tap));
    }
    copies = 0;
    if (copied) {
      const int64_t starts = smaller(count, count / across.windows + 2);
      copies = smaller(pointers, starts * under + count * w.axis[0].taps * fresh);
    }
  }

  // In elements: zeros, copies, pointers to lines.
  template <class T>
  int64_t elements() const {
    constexpr auto pointer = static_cast<int64_t>(sizeof(const T*) / sizeof(T));
    return zeros() + copied_elements() + pointers * pointer;
  }
  int64_t zeros() const { return round_up(length, 64); }
  // Spreading writes up to a vector too much.
  int64_t copied_elements() const { return round_up(copies * length + 64, 64); }
};

// Terms of a patch that lie side by side in a line that is held: channels under one tap, or under
// all taps of the last axis. Cut where chunks of k end.
struct Terms {
  int64_t slot;    // the tap across lines
  int64_t within;  // elements of the line before it
  int64_t k;       // the first of the terms
  int64_t count;
};

// All of them, ascending: they are the same for every window, and so found once.
class TermList {
 public:
  TermList(const ConvWindows& w, const LinesPlan& plan) : w_(w), plan_(plan) {
    merged_ = w.axis[2].tap == 1 && plan.pixel == w.channels;
    terms_ = count_terms(w);
  }

  // In bytes.
  int64_t memory() const {
    const int64_t taps = w_.axis[0].taps * w_.axis[1].taps * (merged_ ? 1 : w_.axis[2].taps);
    const int64_t chunks = divide_up(terms_, kGemmChunk);
    return (taps + chunks) * static_cast<int64_t>(sizeof(Terms));
  }

  // Returns their number.
  int64_t list(Terms* to) const {
    const int64_t length = merged_ ? w_.axis[2].taps * w_.channels : w_.channels;
    const int64_t along = merged_ ? 1 : w_.axis[2].taps;
    int64_t n = 0;
    for (int64_t k = 0; k < terms_; ++n) {
      const int64_t tap = k / length;
      const int64_t left = smaller(length - k % length, kGemmChunk - k % kGemmChunk);
      to[n] = {tap / along, k % length + tap % along * w_.axis[2].tap * plan_.pixel, k, left};
      k += left;
    }
    return n;
  }

 private:
  const ConvWindows& w_;
  const LinesPlan& plan_;
  bool merged_;
  int64_t terms_;
};

template <class T>
class Lines {
 public:
  Lines(const ConvWindows& w, const LinesPlan& plan, const Pixel& pixel, T* memory)
      : w_(w), plan_(plan), pixel_(pixel), zeros_(memory) {
    copies_ = memory + plan.zeros();
    pointers_ = reinterpret_cast<const T**>(copies_ + plan.copied_elements());
    clear(zeros_, plan.length);
  }

  // Lines of windows [first, first + count), counted through all images.
  void fill(int64_t first, int64_t count) {
    const int64_t under = w_.axis[0].taps * w_.axis[1].taps;
    int64_t p1 = first % w_.axis[1].windows;
    int64_t p0 = first / w_.axis[1].windows % w_.axis[0].windows;
    int64_t n = first / w_.axis[1].windows / w_.axis[0].windows;
    T* copy = copies_;
    for (int64_t i = 0; i < count; ++i) {
      const T** pointers = pointers_ + i * under;
      const T** before = i > 0 && p1 > 0 ? pointers - under : nullptr;
      for (int64_t t0 = 0; t0 < w_.axis[0].taps; ++t0) {
        const int64_t at0 = w_.axis[0].first + p0 * w_.axis[0].step + t0 * w_.axis[0].tap;
        for (int64_t t1 = 0; t1 < w_.axis[1].taps; ++t1) {
          const int64_t at1 = w_.axis[1].first + p1 * w_.axis[1].step + t1 * w_.axis[1].tap;
          const int64_t slot = t0 * w_.axis[1].taps + t1;
          pointers[slot] = line(n, at0, at1, before, slot, t1, copy);
        }
      }
      if (++p1 < w_.axis[1].windows) continue;
      p1 = 0;
      if (++p0 < w_.axis[0].windows) continue;
      p0 = 0;
      ++n;
    }
  }

  // Source that `count` lines of windows from `first` on see and lines before them do not, to be
  // fetched in so many steps; about, where images or planes begin.
  void aim(int64_t first, int64_t count, int64_t steps, Ahead<>& ahead) const {
    const ConvAxis& across = w_.axis[1];
    const int64_t p1 = first % across.windows;
    const int64_t plane = first / across.windows;
    const int64_t n = plane / w_.axis[0].windows;
    const int64_t at0 = w_.axis[0].first + plane % w_.axis[0].windows * w_.axis[0].step;
    const int64_t at1 = across.first + p1 * across.step +
                        (p1 > 0 && across.tap > 0 ? span(across) - across.step : 0);
    const int64_t line = w_.axis[2].size * pixel_.pitch;
    const int64_t all = w_.batch * w_.axis[0].size * across.size;
    int64_t begin = (n * w_.axis[0].size + at0) * across.size + at1;
    const int64_t end = smaller(begin + count * across.step, all);
    if (begin < 0) begin = 0;
    if (begin >= end) return;
    ahead.aim(static_cast<const T*>(w_.source) + begin * line,
              (end - begin) * line * static_cast<int64_t>(sizeof(T)), steps);
  }

  // The lines under the taps of line i of windows.
  const T* const* under(int64_t i) const {
    return pointers_ + i * w_.axis[0].taps * w_.axis[1].taps;
  }

  // What is held under tap (t0, t1, 0) of the first window of line i.
  const T* at(int64_t i, int64_t t0, int64_t t1) const {
    return pointers_[(i * w_.axis[0].taps + t0) * w_.axis[1].taps + t1];
  }

 private:
  const T* line(int64_t n, int64_t at0, int64_t at1, const T** before, int64_t slot, int64_t t1,
                T*& copy) const {
    const ConvAxis& along = w_.axis[2];
    const ConvAxis& across = w_.axis[1];
    const int64_t inset = (along.first - plan_.lowest) * plan_.pixel;
    if (at0 < 0 || at0 >= w_.axis[0].size || at1 < 0 || at1 >= across.size) return zeros_ + inset;
    const T* source = static_cast<const T*>(w_.source) + pixel_.first +
                      ((n * w_.axis[0].size + at0) * across.size + at1) * along.size * pixel_.pitch;
    if (!plan_.copied) return source + along.first * pixel_.pitch;
    // The line before has it under another tap.
    if (before && across.step % across.tap == 0) {
      const int64_t shift = across.step / across.tap;
      if (t1 + shift >= 0 && t1 + shift < across.taps) return before[slot + shift];
    }
    T* to = copy;
    copy += plan_.length;
    const int64_t begin = plan_.lowest > 0 ? plan_.lowest : 0;
    const int64_t end = smaller(plan_.lowest + plan_.extent, along.size);
    const int64_t low = smaller(begin - plan_.lowest, plan_.extent) * pixel_.held;
    const int64_t count = end > begin ? end - begin : 0;
    clear(to, low);
    take_pixels(pixel_, source + begin * pixel_.pitch, count, to + low);
    const int64_t filled = low + count * pixel_.held;
    clear(to + filled, plan_.length - filled);
    return to + inset;
  }

  static void clear(T* to, int64_t count) {
    using V = Vec<T>;
    for (int64_t i = 0; i < count; i += V::width) {
      V(T(0)).store(to + i, static_cast<int>(smaller(count - i, V::width)));
    }
  }

  const ConvWindows& w_;
  const LinesPlan plan_;
  const Pixel pixel_;
  T* zeros_;
  T* copies_;
  const T** pointers_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
