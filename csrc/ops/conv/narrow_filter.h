// The filter's gradient for groups of a few outputs: tiles of neighbouring terms, each a vector of
// columns, summed over a chunk of windows.
#pragma once

#include "ops/conv/narrow_tiles.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// A chunk touches so many lines of windows, or parts of two that are longer than it is.
inline constexpr int64_t kMostParts = 2;

template <class T>
inline NarrowPlan narrow_filter_plan(const ConvFilterArgs& a) {
  NarrowPlan plan = make_narrow_plan<T>(a.windows, a.outputs);
  const int64_t width = a.windows.axis[2].windows;
  plan.whole = width <= kGemmChunk;
  plan.windows = plan.whole ? width : kGemmChunk;
  plan.lines = plan.whole && width > 0 ? divide_up(kGemmChunk - 1, width) + 1 : 1;
  return plan;
}

// In elements: open group totals, shared; then lines for each member.
template <class T>
struct NarrowFilterWorkspace {
  int64_t open = 0;
  int64_t part;
  int64_t member;

  NarrowFilterWorkspace(const ConvWindows& w, const NarrowPlan& plan) {
    if (count_windows(w) > kGemmGroup) open = round_up(plan.terms * plan.columns, 64);
    const ConvWindows stretch = stretch_of(w, 0, plan.windows);
    const LinesPlan held(stretch, plan.lines, narrow_pixel<T>(w, plan, 0, plan.columns));
    part = round_up(held.elements<T>(), 64);
    member = plan.whole ? part : kMostParts * part;
  }
};

template <class T>
int64_t narrow_filter_bytes(const ConvFilterArgs& a, int members) {
  const NarrowFilterWorkspace<T> sizes(a.windows, narrow_filter_plan<T>(a));
  return (sizes.open + members * sizes.member) * static_cast<int64_t>(sizeof(T));
}

template <class T>
class NarrowFilter {
 public:
  NarrowFilter(const ConvFilterArgs& a, const Team& team)
      : a_(a), w_(a.windows), plan_(narrow_filter_plan<T>(a)), sizes_(w_, plan_) {
    open_ = static_cast<T*>(a.workspace);
    memory_ = open_ + sizes_.open + team.rank * sizes_.member;
    // Members share out columns, and where these are few the lines of taps as well.
    const int units = static_cast<int>(smaller(divide_up(plan_.columns, plan_.unit), team.size));
    const int down = team.size / units;
    columns_ = static_range(plan_.columns, plan_.unit, {team.rank % units, units, nullptr});
    const int64_t under = w_.axis[0].taps * w_.axis[1].taps;
    own_ = team.rank / units < down ? static_range(under, 1, {team.rank / units, down, nullptr})
                                    : Range{0, 0};
  }

  void run() {
    if (own_.begin >= own_.end) return;
    const int64_t windows = count_windows(w_);
    for (int64_t j = columns_.begin; j < columns_.end; j += plan_.block) {
      const int64_t columns = smaller(plan_.block, columns_.end - j);
      int64_t window = 0;
      do {
        const int64_t depth = smaller(windows - window, kGemmChunk);
        if (plan_.whole) {
          hold_lines(j, window, depth);
        } else {
          hold_parts(j, window, depth);
        }
        run_chunk(j, columns, window, windows);
        window += kGemmChunk;
      } while (window < windows);
    }
  }

 private:
  // The windows of a chunk in one line, with the source under its taps.
  struct Held {
    const T* const* under;
    int64_t windows;
    int64_t skipped;  // before them in what is held
  };

  void hold_lines(int64_t j, int64_t window, int64_t depth) {
    const Pixel pixel = narrow_pixel<T>(w_, plan_, j, columns_.end);
    const LinesPlan plan(w_, plan_.lines, pixel);
    pixel_ = plan.pixel;
    count_ = 0;
    if (depth == 0) return;
    Lines<T> lines(w_, plan, pixel, memory_);
    const int64_t width = w_.axis[2].windows;
    const int64_t first = window / width;
    const int64_t count = (window + depth - 1) / width + 1 - first;
    lines.fill(first, count);
    for (int64_t at = window; count_ < count; ++count_) {
      const int64_t skipped = at - (first + count_) * width;
      const int64_t windows = smaller(width - skipped, window + depth - at);
      held_[count_] = {lines.under(count_), windows, skipped};
      at += windows;
    }
  }

  void hold_parts(int64_t j, int64_t window, int64_t depth) {
    const Pixel pixel = narrow_pixel<T>(w_, plan_, j, columns_.end);
    const int64_t width = w_.axis[2].windows;
    pixel_ = pixel.held;
    count_ = 0;
    for (int64_t at = window; at < window + depth; ++count_) {
      const int64_t windows = smaller(width - at % width, window + depth - at);
      const ConvWindows part = stretch_of(w_, at % width, windows);
      Lines<T> lines(part, LinesPlan(part, 1, pixel), pixel, memory_ + count_ * sizes_.part);
      lines.fill(at / width, 1);
      held_[count_] = {lines.under(0), windows, 0};
      at += windows;
    }
  }

  void run_chunk(int64_t j, int64_t columns, int64_t window, int64_t windows) {
    const int64_t length = NarrowRun(w_, plan_, pixel_).length;
    const bool together = length == plan_.line_terms && length <= kTermsTogether;
    for (int64_t under = own_.begin; under < own_.end;) {
      const int64_t lines = together ? smaller(kLinesTogether, own_.end - under) : 1;
      for (int64_t term = 0; term < plan_.line_terms;) {
        const int64_t left = smaller(plan_.line_terms, length - term % length);
        const int64_t terms = divide_up(left, divide_up(left, kTermsTogether));
        run_terms({under, under + lines}, {term, term + terms}, {j, j + columns}, window, windows);
        term += terms;
      }
      under += lines;
    }
  }

  void run_terms(Range under, Range terms, Range columns, int64_t window, int64_t windows) {
    using V = Vec<T>;
    const int64_t step = w_.axis[2].step * pixel_;
    const int64_t offset = narrow_offset(w_, plan_, pixel_, terms.begin);
    const int64_t row = under.begin * plan_.line_terms + terms.begin;
    const int64_t count = under.end - under.begin;
    Stretch<T> stretches[kGemmChunk];
    int64_t done = 0;
    for (int i = 0; i < count_; ++i) {
      for (int64_t l = 0; l < count; ++l) {
        stretches[i].a[l] = held_[i].under[under.begin + l] + held_[i].skipped * step + offset;
      }
      stretches[i].b = done * plan_.columns;
      stretches[i].windows = held_[i].windows;
      done += held_[i].windows;
    }
    NarrowFilterTile<T> t;
    t.stretches = stretches;
    t.count = count_;
    t.a_stride = step;
    t.term = NarrowRun(w_, plan_, pixel_).distance;
    t.b_stride = plan_.columns;
    t.bias = nullptr;
    for (int64_t c = columns.begin; c < columns.end;) {
      // Whole vectors together, what is left of one by itself.
      const int64_t left = columns.end - c;
      const int64_t vectors = left < V::width ? 1 : smaller(left / V::width, kColumnsTogether);
      t.at = c - columns.begin;
      t.b = static_cast<const T*>(a_.dy) + window * plan_.columns + c;
      t.b_lanes = t.y_lanes = static_cast<int>(smaller(left, V::width));
      const int64_t first = row * plan_.columns + c;
      place_sums(t, {static_cast<T*>(a_.dw) + first, plan_.columns, open_ + first, plan_.columns},
                 window, windows);
      kNarrowFilterTiles<T>.run[count][terms.end - terms.begin][vectors](t);
      c += vectors * V::width;
    }
  }

  const ConvFilterArgs& a_;
  const ConvWindows& w_;
  const NarrowPlan plan_;
  const NarrowFilterWorkspace<T> sizes_;
  T* open_;
  T* memory_;
  Range columns_;
  Range own_;  // lines of taps
  Held held_[kGemmChunk];
  int count_ = 0;
  int64_t pixel_ = 0;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
