// The filter's gradient: patches transposed times dy, a chunk of windows at a time.
#pragma once

#include "ops/conv/lines.h"
#include "ops/conv/unpooled.h"
#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Bytes of padded lines that are read where they lie; and outputs above which gathering patches is
// a small part of the work.
inline constexpr int64_t kNearWindows = 1 << 19;
inline constexpr int64_t kManyOutputs = 256;

// Vectors of a row of dy that need not be packed as panels of columns.
inline constexpr int64_t kNearColumns = 8;

// Where dw is so small that shares of it fill no tiles, members share out groups of chunks instead:
// elements of dw, and the number of groups, whose totals are all kept.
inline constexpr int64_t kSmallFilter = 1 << 13;
inline constexpr int64_t kMostTotals = 64;

struct FilterPlan {
  int vectors;
  int64_t columns;  // outputs, rounded up to whole tiles
  int64_t terms;    // rows of dw
  int64_t rows;     // with db
  int64_t windows;  // the length of the sums
  int64_t lines;    // of windows that a chunk may touch, read where they lie; 0: gathered
  int64_t totals;  // groups of chunks that may be shared out; 0: members share out terms or outputs
};

template <class T>
inline FilterPlan make_plan(const ConvFilterArgs& a) {
  const ConvWindows& w = a.windows;
  FilterPlan plan;
  plan.vectors = a.outputs <= Vec<T>::width ? 1 : 2;
  plan.columns = round_up(a.outputs, plan.vectors * Vec<T>::width);
  plan.terms = count_terms(w);
  plan.rows = plan.terms + (a.db ? 1 : 0);
  plan.windows = count_windows(w);
  plan.lines = 0;
  if (plan.windows > 0 && w.axis[2].windows > 4 && a.outputs <= kManyOutputs) {
    const int64_t lines = divide_up(kGemmChunk - 1, w.axis[2].windows) + 1;
    const LinesPlan held(w, lines, pixel_of(w, 0));
    const int64_t elements = (held.copies + 1) * held.length;
    if (elements * static_cast<int64_t>(sizeof(T)) <= kNearWindows) plan.lines = lines;
  }
  const int64_t groups = divide_up(plan.windows, kGemmGroup);
  const bool small = w.groups == 1 && plan.terms * plan.columns <= kSmallFilter;
  plan.totals = small && groups > 1 && groups <= kMostTotals ? groups : 0;
  return plan;
}

// Workspace in elements: totals of groups of chunks, shared; for each member a panel of patches or
// lines, a chunk of dy, its open group totals.
template <class T>
struct FilterWorkspace {
  int64_t totals;
  int64_t patches = kPanelElements<T>;
  int64_t block;
  int64_t group = 0;

  FilterWorkspace(const ConvFilterArgs& a, const FilterPlan& plan) {
    if (plan.lines > 0) {
      const LinesPlan held(a.windows, plan.lines, pixel_of(a.windows, 0));
      patches = round_up(held.template elements<T>(), 64);
    }
    totals = round_up(plan.totals * plan.rows * plan.columns, 64);
    block = kGemmChunk * plan.columns;
    if (plan.windows > kGemmGroup) group = plan.rows * plan.columns;
  }
  int64_t member() const { return round_up(patches + block + group, 64); }
};

template <class T>
class FilterMember {
 public:
  FilterMember(const ConvFilterArgs& a, const FilterPlan& plan, const Team& team)
      : a_(a),
        w_(a.windows),
        plan_(plan),
        patches_(a.windows),
        unpooled_(a),
        lines_plan_(a.windows, plan.lines, pixel_of(a.windows, 0)),
        team_(team) {
    const FilterWorkspace<T> sizes(a, plan);
    totals_ = static_cast<T*>(a.workspace);
    memory_ = totals_ + sizes.totals + team.rank * sizes.member();
    block_ = memory_ + sizes.patches;
    open_ = block_ + sizes.block;
    tile_columns_ = plan.vectors * Vec<T>::width;
    part_ = part_of<T>(plan.terms, a.outputs, team.rank, team.size);
  }

  void run() {
    if (team_.size > 1 && team_.size <= plan_.totals) return run_totals();
    if (part_.rows.begin >= part_.rows.end || part_.columns.begin >= part_.columns.end) return;
    for (int64_t group = 0; group < w_.groups; ++group) {
      const int64_t row = w_.groups * a_.outputs;
      db_ = static_cast<T*>(a_.db);
      run_windows({0, plan_.windows}, group, static_cast<T*>(a_.dw) + group * a_.outputs, row);
    }
  }

 private:
  // The sums of windows, as if there were no others.
  void run_windows(Range windows, int64_t group, T* dw, int64_t dw_row) {
    Lines<T> lines(w_, lines_plan_, pixel_of(w_, group), memory_);
    windows_ = windows;
    dw_ = dw;
    dw_row_ = dw_row;
    int64_t window = windows.begin;
    do {
      const int64_t depth = smaller(windows.end - window, kGemmChunk);
      take_dy(group, window, depth);
      if (db_ && part_.rows.begin == 0) add_bias(window, depth);
      if (plan_.lines > 0) {
        read_chunk(lines, window, depth);
      } else {
        gather_chunk(group, window, depth);
      }
      window += kGemmChunk;
    } while (window < windows.end);
  }

  // Every member some groups of chunks; then the totals are added in ascending order.
  void run_totals() {
    const Range own = static_range(plan_.totals, 1, team_);
    const int64_t size = plan_.rows * plan_.columns;
    part_ = {{0, plan_.terms}, {0, a_.outputs}};
    for (int64_t i = own.begin; i < own.end; ++i) {
      const Range windows{i * kGemmGroup, smaller((i + 1) * kGemmGroup, plan_.windows)};
      if (a_.db) db_ = totals_ + i * size + plan_.terms * plan_.columns;
      run_windows(windows, 0, totals_ + i * size, plan_.columns);
    }
    team_.barrier();
    using V = Vec<T>;
    const Range rows = static_range(plan_.rows, 1, team_);
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      T* const out =
          row < plan_.terms ? static_cast<T*>(a_.dw) + row * a_.outputs : static_cast<T*>(a_.db);
      for (int64_t j = 0; j < a_.outputs; j += V::width) {
        const T* total = totals_ + row * plan_.columns + j;
        V sum = V::load(total);
        for (int64_t i = 1; i < plan_.totals; ++i) sum = sum + V::load(total + i * size);
        const int lanes = static_cast<int>(smaller(a_.outputs - j, V::width));
        sum.store(out + j, lanes);
      }
    }
  }

  void take_dy(int64_t group, int64_t window, int64_t depth) {
    if (a_.pool.index) {
      dy_ = {block_, tile_columns_, depth * tile_columns_};
      return unpooled_.take(window, depth, part_.columns, tile_columns_, block_);
    }
    const int64_t dy_row = w_.groups * a_.outputs;
    const T* dy = static_cast<const T*>(a_.dy) + window * dy_row + group * a_.outputs;
    // The next chunk; about as many panels ask for a part of it.
    const int64_t rest = smaller(windows_.end - window - depth, kGemmChunk);
    const int64_t panels = divide_up(part_.rows.end - part_.rows.begin, kMaxRows[plan_.vectors]);
    dy_ahead_.aim(dy + depth * dy_row, rest * dy_row * static_cast<int64_t>(sizeof(T)), panels);
    // Rows of a few vectors are read where they lie.
    if (a_.outputs % Vec<T>::width == 0 && dy_row <= kNearColumns * Vec<T>::width) {
      dy_ = {dy + part_.columns.begin, dy_row, tile_columns_};
      return;
    }
    dy_ = {block_, tile_columns_, depth * tile_columns_};
    pack_b_rows(dy + part_.columns.begin, dy_row, depth, part_.columns.end - part_.columns.begin,
                plan_.vectors, block_);
  }

  // Sums of columns are a row of dw whose x is 1: fma(1, dy, sum) rounds as sum + dy does.
  void add_bias(int64_t window, int64_t depth) {
    using V = Vec<T>;
    constexpr int together = 4;  // chains of additions
    for (int64_t j = part_.columns.begin; j < part_.columns.end; j += together * V::width) {
      const int64_t left = smaller(part_.columns.end - j, together * V::width);
      const int vectors = static_cast<int>(divide_up(left, V::width));
      const T* from[together];
      V sum[together];
      for (int v = 0; v < together; ++v) {
        const int64_t at = j - part_.columns.begin + (v < vectors ? v : 0) * V::width;
        from[v] = dy_.first + at / tile_columns_ * dy_.panel + at % tile_columns_;
        sum[v] = V(T(0));
      }
      for (int64_t i = 0; i < depth; ++i) {
        for (int v = 0; v < together; ++v) sum[v] = sum[v] + V::load(from[v] + i * dy_.row);
      }
      Tile<T> t;
      const Sums<T> sums{db_ + j, 0, open_ + plan_.terms * plan_.columns + j, 0};
      place_sums(t, sums, window - windows_.begin, windows_.end - windows_.begin);
      for (int v = 0; v < vectors; ++v) {
        const int lanes = static_cast<int>(smaller(left - v * V::width, V::width));
        const int64_t at = v * V::width;
        if (t.group) sum[v] = V::load(t.group + at, lanes) + sum[v];
        if (t.total) sum[v] = V::load(t.total + at, lanes) + sum[v];
        sum[v].store(t.y + at, lanes);
      }
    }
  }

  // Terms under one tap, or all taps of the last axis, lie side by side in the lines; windows of a
  // line lie evenly below each other.
  void read_chunk(Lines<T>& lines, int64_t window, int64_t depth) {
    const int64_t width = w_.axis[2].windows;
    const int64_t first = window / width;
    const int64_t count = (window + depth - 1) / width + 1 - first;
    lines.fill(first, count);
    const int64_t panels = divide_up(part_.rows.end - part_.rows.begin, kMaxRows[plan_.vectors]);
    if (window + depth < windows_.end) lines.aim(first + count, count, panels, lines_ahead_);
    const int64_t pixel = lines_plan_.pixel;
    const bool merged = w_.axis[2].tap == 1 && pixel == w_.channels;
    const int64_t length = merged ? w_.axis[2].taps * w_.channels : w_.channels;
    for (int64_t term = part_.rows.begin; term < part_.rows.end;) {
      int64_t tap = term / length;
      int64_t within = term % length;
      const int64_t terms = smaller(length - within, part_.rows.end - term);
      if (!merged) {
        within += tap % w_.axis[2].taps * w_.axis[2].tap * pixel;
        tap /= w_.axis[2].taps;
      }
      Piece<T> pieces[kGemmChunk];
      const int64_t step = w_.axis[2].step * pixel;
      int64_t at = window;
      for (int64_t i = 0; i < count; ++i) {
        const int64_t skipped = at - (first + i) * width;
        const int64_t rows = smaller(width - skipped, window + depth - at);
        const T* line = lines.at(i, tap / w_.axis[1].taps, tap % w_.axis[1].taps);
        pieces[i] = {line + skipped * step + within, (at - window) * dy_.row, rows};
        at += rows;
      }
      run_terms({term, term + terms}, pieces, static_cast<int>(count), step, window);
      term += terms;
    }
  }

  void run_terms(Range terms, Piece<T>* pieces, int count, int64_t step, int64_t window) {
    const int64_t height = terms.end - terms.begin;
    const int64_t panels = divide_up(height, kMaxRows[plan_.vectors]);
    int64_t done = 0;
    for (int64_t panel = 1; panel <= panels; ++panel) {
      const int64_t next = height * panel / panels;
      Tile<T> t;
      t.pieces = pieces;
      t.count = count;
      t.a_stride = step;
      run_panel(t, {terms.begin + done, terms.begin + next}, window);
      for (int i = 0; i < count; ++i) pieces[i].a += next - done;
      done = next;
    }
  }

  void gather_chunk(int64_t group, int64_t window, int64_t depth) {
    static constexpr int64_t kNowhere[kConvAxes] = {};
    Place places[kGemmChunk];
    patches_.places({window, window + depth}, kNowhere, 0, places);
    const int64_t rows = part_.rows.end - part_.rows.begin;
    const int64_t panels = divide_up(rows, kMaxRows[plan_.vectors]);
    for (int64_t i = 0; i < panels; ++i) {
      const Range panel{part_.rows.begin + rows * i / panels,
                        part_.rows.begin + rows * (i + 1) / panels};
      Tile<T> t;
      t.a_stride = gather_panel(panel, group, places, depth);
      const Piece<T> piece{memory_, 0, depth};
      t.pieces = &piece;
      t.count = 1;
      run_panel(t, panel, window);
    }
  }

  // Terms side by side, windows one below the other. Returns the distance of these.
  int64_t gather_panel(Range terms, int64_t group, const Place* places, int64_t depth) {
    Run runs[16];
    const int64_t height = terms.end - terms.begin;
    const int count = patches_.runs(group, terms.begin, height, runs);
    const int64_t stride = round_up(height, Vec<T>::width);
    for (int64_t i = 0; i < depth; ++i) {
      T* to = memory_ + i * stride;
      for (int r = 0; r < count; ++r) {
        patches_.copy(places[i], runs[r], to);
        to += runs[r].length;
      }
    }
    return stride;
  }

  void run_panel(Tile<T>& t, Range terms, int64_t window) {
    T* dw = dw_ + terms.begin * dw_row_;
    T* open = open_ + terms.begin * plan_.columns;
    t.b_stride = dy_.row;
    t.b_lanes = Vec<T>::width;
    t.bias = nullptr;
    dy_ahead_.fetch();
    lines_ahead_.fetch();
    for (int64_t j = part_.columns.begin; j < part_.columns.end; j += tile_columns_) {
      const int64_t left = smaller(part_.columns.end - j, tile_columns_);
      const int vectors = static_cast<int>(divide_up(left, Vec<T>::width));
      t.y_lanes = static_cast<int>(left - (vectors - 1) * Vec<T>::width);
      t.b = dy_.first + (j - part_.columns.begin) / tile_columns_ * dy_.panel;
      place_sums(t, {dw + j, dw_row_, open + j, plan_.columns}, window - windows_.begin,
                 windows_.end - windows_.begin);
      run_columns(t, kByColumn, static_cast<int>(terms.end - terms.begin), vectors);
    }
  }

  const ConvFilterArgs& a_;
  const ConvWindows& w_;
  const FilterPlan& plan_;
  const Patches<T> patches_;
  const Unpooled<T> unpooled_;
  const LinesPlan lines_plan_;
  const Team& team_;
  Range windows_ = {0, 0};  // that are being summed, and where to
  T* dw_ = nullptr;
  int64_t dw_row_ = 0;
  T* db_ = nullptr;
  T* totals_;
  T* memory_;
  T* block_;
  T* open_;
  struct {
    const T* first;
    int64_t row;    // elements from row to row
    int64_t panel;  // and from panel to panel of columns
  } dy_;            // the chunk
  Ahead<> dy_ahead_;
  Ahead<> lines_ahead_;
  int64_t tile_columns_;
  Part part_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
