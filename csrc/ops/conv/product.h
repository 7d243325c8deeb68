// Windows times filter: a matrix product whose left operand is gathered panel by panel.
#pragma once

#include "ops/conv/patches.h"
#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// A filter of more bytes than this is read from beyond L2; then several panels of windows share a
// chunk of it, and their open sums wait in the cache.
inline constexpr int64_t kNearFilter = 1 << 19;
inline constexpr int kFarPanels = 16;

struct ProductPlan {
  int vectors;         // per tile
  int64_t columns;     // outputs, rounded up to whole tiles
  int64_t terms;       // k
  bool scattered;      // windows of y are not evenly spaced
  int panels;          // of windows that go through k together
  int64_t group_rows;  // whose open group totals are kept
};

template <class T>
inline ProductPlan make_plan(const ConvArgs& a) {
  const ConvWindows& w = a.windows;
  ProductPlan plan;
  plan.vectors = a.outputs <= Vec<T>::width ? 1 : 2;
  plan.columns = round_up(a.outputs, plan.vectors * Vec<T>::width);
  plan.terms = count_terms(w);
  plan.scattered = a.y_window[1] != w.axis[2].windows * a.y_window[2] ||
                   a.y_window[0] != w.axis[1].windows * a.y_window[1] ||
                   a.y_batch != w.axis[0].windows * a.y_window[0];
  const int64_t bytes = plan.terms * plan.columns * static_cast<int64_t>(sizeof(T));
  plan.panels = bytes <= kNearFilter ? 1 : kFarPanels;
  plan.group_rows = plan.panels * kMaxRows[plan.vectors];
  return plan;
}

// Workspace in elements: the filter of a group, shared; then for each member a panel, a block of y
// that is scattered when finished, and open group totals.
template <class T>
struct ProductWorkspace {
  int64_t filter;
  int64_t panel = kPanelElements<T>;
  int64_t block = 0;
  int64_t group = 0;

  explicit ProductWorkspace(const ProductPlan& plan) {
    filter = round_up(plan.terms * plan.columns, 64);
    if (plan.scattered) block = plan.group_rows * plan.columns;
    if (plan.terms > kGemmGroup) group = plan.group_rows * plan.columns;
  }
  int64_t member() const { return round_up(panel + block + group, 64); }
};

template <class T>
class ProductMember {
 public:
  ProductMember(const ConvArgs& a, const ProductPlan& plan, const Team& team)
      : a_(a), plan_(plan), team_(team), patches_(a.windows) {
    const ProductWorkspace<T> sizes(plan);
    filter_ = static_cast<T*>(a.workspace);
    panel_ = filter_ + sizes.filter + team.rank * sizes.member();
    block_ = panel_ + sizes.panel;
    open_ = block_ + sizes.block;
    tile_columns_ = plan.vectors * Vec<T>::width;
  }

  void run() {
    const Part part = part_of<T>(count_windows(a_.windows), a_.outputs, team_.rank, team_.size);
    for (int64_t group = 0; group < a_.windows.groups; ++group) {
      if (group > 0) team_.barrier();
      pack_filter(group);
      team_.barrier();
      if (part.rows.begin < part.rows.end && part.columns.begin < part.columns.end) {
        run_rows(part, group);
      }
    }
  }

 private:
  // Chunk after chunk of k, each as panels of columns one below the other.
  void pack_filter(int64_t group) const {
    const int64_t panels = plan_.columns / tile_columns_;
    const int64_t chunks = divide_up(plan_.terms, kGemmChunk);
    const Range own = static_range(chunks * panels, 1, team_);
    for (int64_t i = own.begin; i < own.end; ++i) {
      const int64_t k = i / panels * kGemmChunk;
      const int64_t j = i % panels * tile_columns_;
      const int64_t depth = smaller(plan_.terms - k, kGemmChunk);
      pack_terms(group, k, depth, j, filter_ + k * plan_.columns + j * depth);
    }
  }

  // Terms under one tap are rows of a matrix.
  void pack_terms(int64_t group, int64_t k, int64_t depth, int64_t j, T* to) const {
    const ConvWindows& w = a_.windows;
    const T* from = static_cast<const T*>(a_.w) + group * a_.w_group + j * a_.w_output;
    for (int64_t end = k + depth; k < end;) {
      const int64_t tap = k / w.channels;
      const int64_t channel = k % w.channels;
      const int64_t count = smaller(w.channels - channel, end - k);
      const T* b = from + channel * a_.w_channel + tap % w.axis[2].taps * a_.w_tap[2] +
                   tap / w.axis[2].taps % w.axis[1].taps * a_.w_tap[1] +
                   tap / w.axis[2].taps / w.axis[1].taps * a_.w_tap[0];
      const int64_t columns = smaller(a_.outputs - j, tile_columns_);
      if (a_.w_output == 1) {
        pack_b_rows(b, a_.w_channel, count, columns, plan_.vectors, to);
      } else {
        pack_b_panel(b, a_.w_channel, a_.w_output, count, columns, plan_.vectors, to);
      }
      to += count * tile_columns_;
      k += count;
    }
  }

  void run_rows(const Part& part, int64_t group) {
    const int64_t rows = part.rows.end - part.rows.begin;
    const int64_t panels = divide_up(rows, kMaxRows[plan_.vectors]);
    for (int64_t i = 0; i < panels; i += plan_.panels) {
      const int64_t last = smaller(i + plan_.panels, panels);
      int64_t k = 0;
      do {
        for (int64_t panel = i; panel < last; ++panel) {
          const Range own{part.rows.begin + rows * panel / panels,
                          part.rows.begin + rows * (panel + 1) / panels};
          run_panel(own, part.columns, group, k, (panel - i) * kMaxRows[plan_.vectors]);
        }
        k += kGemmChunk;
      } while (k < plan_.terms);
    }
  }

  // A panel of windows over one chunk of k; its open sums are `below` the first panel's.
  void run_panel(Range rows, Range columns, int64_t group, int64_t k, int64_t below) {
    Place places[16];
    Run runs[kGemmChunk];
    patches_.places(rows, a_.y_window, a_.y_batch, places);
    const int64_t height = rows.end - rows.begin;
    const int64_t depth = smaller(plan_.terms - k, kGemmChunk);
    const int count = patches_.runs(group, k, depth, runs);
    for (int64_t i = 0; i < height; ++i) {
      T* to = panel_ + i * kPanelStride<T>;
      for (int r = 0; r < count; ++r) {
        patches_.copy(places[i], runs[r], to);
        to += runs[r].length;
      }
    }

    const bool last = k + kGemmChunk >= plan_.terms;
    const int64_t first = group * a_.outputs;
    T* y = static_cast<T*>(a_.y) + places[0].y + first;
    int64_t y_row = a_.y_window[2];
    if (plan_.scattered) {
      y = block_ + below * plan_.columns;
      y_row = plan_.columns;
    }
    T* open = open_ + below * plan_.columns;
    const T* bias = last && a_.bias ? static_cast<const T*>(a_.bias) + first : nullptr;
    Tile<T> t;
    t.a = panel_;
    t.a_stride = kPanelStride<T>;
    t.b_stride = tile_columns_;
    t.b_lanes = Vec<T>::width;
    t.k = depth;
    for (int64_t j = columns.begin; j < columns.end;) {
      // A member's columns may begin within a tile.
      const int64_t within = j % tile_columns_;
      const int64_t left = smaller(columns.end - j, tile_columns_ - within);
      const int vectors = static_cast<int>(divide_up(left, Vec<T>::width));
      t.y_lanes = static_cast<int>(left - (vectors - 1) * Vec<T>::width);
      t.b = filter_ + k * plan_.columns + (j - within) * depth + within;
      place_sums(t, {y + j, y_row, open + j, plan_.columns}, k, plan_.terms);
      t.bias = bias ? bias + j : nullptr;
      run_columns(t, kByRow, static_cast<int>(height), vectors);
      j += left;
    }
    if (!last) return;
    if (a_.activation) {
      a_.activation(y + columns.begin, y_row, height, columns.end - columns.begin, a_.alpha);
    }
    if (plan_.scattered) {
      for (int64_t i = 0; i < height; ++i) {
        T* to = static_cast<T*>(a_.y) + places[i].y + first;
        copy_row(y + i * y_row, columns, to);
      }
    }
  }

  static void copy_row(const T* from, Range columns, T* to) {
    using V = Vec<T>;
    for (int64_t j = columns.begin; j < columns.end; j += V::width) {
      const int lanes = static_cast<int>(smaller(columns.end - j, V::width));
      V::load(from + j, lanes).store(to + j, lanes);
    }
  }

  const ConvArgs& a_;
  const ProductPlan& plan_;
  const Team& team_;
  const Patches<T> patches_;
  T* filter_;
  T* panel_;
  T* block_;
  T* open_;
  int64_t tile_columns_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
