// Windows times filter for groups of a few outputs: tiles of neighbouring windows, each a vector of
// columns.
#pragma once

#include "ops/conv/narrow_tiles.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// How many windows and lines at a time: what is held stays near.
template <class T>
inline NarrowPlan narrow_product_plan(const ConvArgs& a) {
  const ConvWindows& w = a.windows;
  NarrowPlan plan = make_narrow_plan<T>(w, a.outputs);
  plan.whole = false;
  const Pixel pixel = narrow_pixel<T>(w, plan, 0, plan.columns);
  const auto bytes = [&](int64_t windows, int64_t lines) {
    const ConvWindows part = stretch_of(w, 0, windows);
    const LinesPlan held(part, lines, pixel);
    const int64_t length = (windows * w.axis[2].step + span(w.axis[2])) * w.channels * plan.block;
    return (held.copies > 1 ? held.copies : 1) * length * static_cast<int64_t>(sizeof(T));
  };
  plan.windows = w.axis[2].windows;
  while (plan.windows > 4 * kNarrowRows && bytes(plan.windows, 1) > kNearNarrow) {
    plan.windows = round_up(plan.windows / 2, kNarrowRows);
  }
  plan.whole = plan.windows == w.axis[2].windows;
  plan.lines = 1;
  while (plan.lines < 16 && bytes(plan.windows, 2 * plan.lines) <= 2 * kNearNarrow) {
    plan.lines *= 2;
  }
  return plan;
}

// In elements: the filter, shared, as rows of a block of columns; then for each member lines and
// open group totals.
template <class T>
struct NarrowWorkspace {
  int64_t filter;
  int64_t lines;
  int64_t open = 0;

  NarrowWorkspace(const ConvWindows& w, const NarrowPlan& plan) {
    filter = round_up(plan.blocks * plan.terms * plan.block, 64);
    const ConvWindows part = stretch_of(w, 0, plan.windows);
    lines = LinesPlan(part, plan.lines, narrow_pixel<T>(w, plan, 0, plan.columns))
                .template elements<T>();
    if (plan.terms > kGemmGroup) open = plan.windows * plan.block;
  }
  int64_t member() const { return round_up(lines + open, 64); }
};

template <class T>
int64_t narrow_product_bytes(const ConvArgs& a, int members) {
  const NarrowWorkspace<T> sizes(a.windows, narrow_product_plan<T>(a));
  return (sizes.filter + members * sizes.member()) * static_cast<int64_t>(sizeof(T));
}

template <class T>
class NarrowProduct {
 public:
  NarrowProduct(const ConvArgs& a, const Team& team)
      : a_(a), w_(a.windows), plan_(narrow_product_plan<T>(a)), team_(team) {
    const NarrowWorkspace<T> sizes(w_, plan_);
    filter_ = static_cast<T*>(a.workspace);
    memory_ = filter_ + sizes.filter + team.rank * sizes.member();
    open_ = memory_ + sizes.lines;
  }

  void run() const {
    pack();
    team_.barrier();
    const int64_t lines = w_.batch * w_.axis[0].windows * w_.axis[1].windows;
    const int64_t stretches = divide_up(w_.axis[2].windows, plan_.windows);
    const Range own = static_range(stretches * lines, 1, team_);
    for (int64_t j = 0; j < plan_.columns; j += plan_.block) {
      for (int64_t item = own.begin; item < own.end;) {
        const int64_t stretch = item / lines;
        const int64_t count = smaller(lines - item % lines, own.end - item);
        run_stretch(j, stretch * plan_.windows, {item % lines, item % lines + count});
        item += count;
      }
    }
  }

 private:
  // Columns beyond the last group weigh nothing.
  void pack() const {
    const Range own = static_range(plan_.terms, 1, team_);
    for (int64_t k = own.begin; k < own.end; ++k) {
      const int64_t tap = k / w_.channels;
      const T* from = static_cast<const T*>(a_.w) + k % w_.channels * a_.w_channel +
                      tap % w_.axis[2].taps * a_.w_tap[2] +
                      tap / w_.axis[2].taps % w_.axis[1].taps * a_.w_tap[1] +
                      tap / w_.axis[2].taps / w_.axis[1].taps * a_.w_tap[0];
      for (int64_t block = 0; block < plan_.blocks; ++block) {
        T* to = filter_ + (block * plan_.terms + k) * plan_.block;
        const T* const end = to + plan_.block;
        const int64_t first = block * plan_.block / a_.outputs;
        const int64_t last = first + plan_.block / a_.outputs;
        for (int64_t group = first; group < smaller(last, w_.groups); ++group) {
          for (int64_t o = 0; o < a_.outputs; ++o) {
            *to++ = from[group * a_.w_group + o * a_.w_output];
          }
        }
        while (to < end) *to++ = T(0);
      }
    }
  }

  void run_stretch(int64_t j, int64_t begin, Range lines) const {
    const int64_t windows = smaller(plan_.windows, w_.axis[2].windows - begin);
    const ConvWindows part = stretch_of(w_, begin, windows);
    const Pixel pixel = narrow_pixel<T>(w_, plan_, j, plan_.columns);
    const LinesPlan held(part, plan_.lines, pixel);
    Lines<T> source(part, held, pixel, memory_);
    Ahead<> ahead;
    for (int64_t first = lines.begin; first < lines.end; first += plan_.lines) {
      const int64_t count = smaller(plan_.lines, lines.end - first);
      source.fill(first, count);
      const int64_t next = first + count;
      if (next < lines.end) {
        source.aim(next, smaller(plan_.lines, lines.end - next),
                   count * divide_up(windows, kNarrowRows), ahead);
      }
      for (int64_t i = 0; i < count; ++i) {
        run_line(source, held.pixel, i, windows, j, ahead,
                 line_of_y(first + i) + begin * a_.y_window[2] + j);
      }
    }
  }

  void run_line(const Lines<T>& source, int64_t pixel, int64_t line, int64_t windows, int64_t j,
                Ahead<>& ahead, T* y) const {
    using V = Vec<T>;
    const int64_t columns = smaller(plan_.block, plan_.columns - j);
    const int64_t step = w_.axis[2].step * pixel;
    const T* bias = a_.bias ? static_cast<const T*>(a_.bias) + j : nullptr;
    NarrowTile<T> t;
    Piece<T> pieces[kGemmChunk];
    t.pieces = pieces;
    t.a_stride = step;
    t.term = NarrowRun(w_, plan_, pixel).distance;
    t.b_stride = plan_.block;
    t.next = a_.y_window[1];
    int64_t k = 0;
    do {
      const int64_t end = smaller(k + kGemmChunk, plan_.terms);
      t.count = find_pieces(source, pixel, line, {k, end}, pieces);
      const T* filter = filter_ + (j / plan_.block * plan_.terms + k) * plan_.block;
      const int64_t panels = divide_up(windows, kNarrowRows);
      for (int64_t panel = 0; panel < panels; ++panel) {
        const int64_t row = windows * panel / panels;
        ahead.fetch();
        const int64_t rows = windows * (panel + 1) / panels - row;
        for (int64_t c = 0; c < columns; c += V::width) {
          t.at = row * step + c;
          t.b = filter + c;
          t.y_lanes = static_cast<int>(smaller(columns - c, V::width));
          t.bias = bias && end == plan_.terms ? bias + c : nullptr;
          place_sums(t,
                     {y + row * a_.y_window[2] + c, a_.y_window[2], open_ + row * plan_.block + c,
                      plan_.block},
                     k, plan_.terms);
          kNarrowTiles<T>.run[rows](t);
        }
      }
      k = end;
    } while (k < plan_.terms);
    if (a_.activation) a_.activation(y, a_.y_window[2], windows, columns, a_.alpha);
  }

  // Terms [k.begin, k.end) under the first window of a line.
  int find_pieces(const Lines<T>& source, int64_t pixel, int64_t line, Range k,
                  Piece<T>* pieces) const {
    const int64_t length = NarrowRun(w_, plan_, pixel).length;
    int count = 0;
    for (int64_t at = k.begin; at < k.end; ++count) {
      const int64_t under = at / plan_.line_terms;
      const int64_t within = at % plan_.line_terms;
      const int64_t terms = smaller(length - within % length, k.end - at);
      const T* first = source.at(line, under / w_.axis[1].taps, under % w_.axis[1].taps);
      pieces[count] = {first + narrow_offset(w_, plan_, pixel, within),
                       (at - k.begin) * plan_.block, terms};
      at += terms;
    }
    return count;
  }

  T* line_of_y(int64_t line) const {
    const int64_t plane = line / w_.axis[1].windows;
    return static_cast<T*>(a_.y) + plane / w_.axis[0].windows * a_.y_batch +
           plane % w_.axis[0].windows * a_.y_window[0] + line % w_.axis[1].windows * a_.y_window[1];
  }

  const ConvArgs& a_;
  const ConvWindows& w_;
  const NarrowPlan plan_;
  const Team& team_;
  T* filter_;
  T* memory_;
  T* open_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
