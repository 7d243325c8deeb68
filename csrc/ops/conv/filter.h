// The filter's gradient: patches transposed times dy, a chunk of windows at a time.
#pragma once

#include "ops/conv/patches.h"
#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct FilterPlan {
  int vectors;
  int64_t columns;  // outputs, rounded up to whole tiles
  int64_t terms;    // rows of dw
  int64_t windows;  // the length of the sums
};

template <class T>
inline FilterPlan make_plan(const ConvFilterArgs& a) {
  FilterPlan plan;
  plan.vectors = a.outputs <= Vec<T>::width ? 1 : 2;
  plan.columns = round_up(a.outputs, plan.vectors * Vec<T>::width);
  plan.terms = count_terms(a.windows);
  plan.windows = count_windows(a.windows);
  return plan;
}

// Workspace of a member in elements: a panel of patches, a chunk of dy, open group totals.
template <class T>
struct FilterWorkspace {
  int64_t panel = kPanelElements<T>;
  int64_t block;
  int64_t group = 0;

  explicit FilterWorkspace(const FilterPlan& plan) {
    block = kGemmChunk * plan.columns;
    if (plan.windows > kGemmGroup) group = plan.terms * plan.columns;
  }
  int64_t member() const { return round_up(panel + block + group, 64); }
};

template <class T>
class FilterMember {
 public:
  FilterMember(const ConvFilterArgs& a, const FilterPlan& plan, const Team& team)
      : a_(a), plan_(plan), patches_(a.windows) {
    const FilterWorkspace<T> sizes(plan);
    panel_ = static_cast<T*>(a.workspace) + team.rank * sizes.member();
    block_ = panel_ + sizes.panel;
    open_ = block_ + sizes.block;
    tile_columns_ = plan.vectors * Vec<T>::width;
    part_ = part_of<T>(plan.terms, a.outputs, team.rank, team.size);
  }

  void run() {
    if (part_.rows.begin >= part_.rows.end || part_.columns.begin >= part_.columns.end) return;
    for (int64_t group = 0; group < a_.windows.groups; ++group) {
      int64_t window = 0;
      do {
        run_chunk(group, window);
        window += kGemmChunk;
      } while (window < plan_.windows);
    }
  }

 private:
  void run_chunk(int64_t group, int64_t window) {
    static constexpr int64_t kNowhere[kConvAxes] = {};
    Place places[kGemmChunk];
    const int64_t depth = smaller(plan_.windows - window, kGemmChunk);
    patches_.places({window, window + depth}, kNowhere, 0, places);
    const int64_t dy_row = a_.windows.groups * a_.outputs;
    const T* dy = static_cast<const T*>(a_.dy) + window * dy_row + group * a_.outputs;
    pack_b_rows(dy + part_.columns.begin, dy_row, depth, part_.columns.end - part_.columns.begin,
                plan_.vectors, block_);
    const int64_t rows = part_.rows.end - part_.rows.begin;
    const int64_t panels = divide_up(rows, kMaxRows[plan_.vectors]);
    for (int64_t i = 0; i < panels; ++i) {
      const Range panel{part_.rows.begin + rows * i / panels,
                        part_.rows.begin + rows * (i + 1) / panels};
      const int64_t stride = pack_panel(panel, group, places, depth);
      run_panel(panel, group, window, depth, stride);
    }
  }

  // Terms side by side, windows one below the other.
  int64_t pack_panel(Range rows, int64_t group, const Place* places, int64_t depth) {
    Run runs[16];
    const int64_t height = rows.end - rows.begin;
    const int count = patches_.runs(group, rows.begin, height, runs);
    const int64_t stride = round_up(height, Vec<T>::width);
    for (int64_t i = 0; i < depth; ++i) {
      T* to = panel_ + i * stride;
      for (int r = 0; r < count; ++r) {
        patches_.copy(places[i], runs[r], to);
        to += runs[r].length;
      }
    }
    return stride;
  }

  void run_panel(Range rows, int64_t group, int64_t window, int64_t depth, int64_t stride) {
    const int64_t dw_row = a_.windows.groups * a_.outputs;
    T* dw = static_cast<T*>(a_.dw) + rows.begin * dw_row + group * a_.outputs;
    T* open = open_ + rows.begin * plan_.columns;
    Tile<T> t;
    t.a = panel_;
    t.a_stride = stride;
    t.b_stride = tile_columns_;
    t.b_lanes = Vec<T>::width;
    t.k = depth;
    t.bias = nullptr;
    for (int64_t j = part_.columns.begin; j < part_.columns.end; j += tile_columns_) {
      const int64_t left = smaller(part_.columns.end - j, tile_columns_);
      const int vectors = static_cast<int>(divide_up(left, Vec<T>::width));
      t.y_lanes = static_cast<int>(left - (vectors - 1) * Vec<T>::width);
      t.b = block_ + (j - part_.columns.begin) * depth;
      place_sums(t, {dw + j, dw_row, open + j, plan_.columns}, window, plan_.windows);
      run_columns(t, kByColumn, static_cast<int>(rows.end - rows.begin), vectors);
    }
  }

  const ConvFilterArgs& a_;
  const FilterPlan& plan_;
  const Patches<T> patches_;
  T* panel_;
  T* block_;
  T* open_;
  int64_t tile_columns_;
  Part part_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
