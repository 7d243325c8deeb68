// Windows times filter: what all ways to multiply them share.
#pragma once

#include "ops/conv/lines.h"
#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// A filter of more bytes than this is read from beyond L2; then several panels of windows share a
// chunk of it, and their open sums wait in the cache.
inline constexpr int64_t kNearFilter = 1 << 19;
inline constexpr int64_t kFarPanels = 16;

// Bytes of padded lines that stay in the cache while their windows are multiplied.
inline constexpr int64_t kNearLines = 1 << 17;
inline constexpr int64_t kFarLines = 1 << 19;

struct ProductPlan {
  int vectors;         // per tile
  int64_t columns;     // outputs, rounded up to whole tiles
  int64_t terms;       // k
  bool far;            // the filter is
  bool scattered;      // windows of y are not evenly spaced
  int64_t lines;       // of windows at a time, read where they lie; 0: patches are gathered
  int64_t panels;      // gathered: of windows that go through k together
  int64_t group_rows;  // whose open group totals are kept
};

// Lines of windows whose source lines, padded, have at most so many bytes.
template <class T>
inline int64_t lines_within(const ConvWindows& w, int64_t bytes) {
  int64_t lines = 0;
  for (int64_t more = 1; more <= 64; more *= 2) {
    const LinesPlan plan(w, more, pixel_of(w, 0));
    const int64_t held = plan.copies * plan.length * static_cast<int64_t>(sizeof(T));
    if (held > bytes || plan.length * static_cast<int64_t>(sizeof(T)) > bytes) break;
    lines = more;
  }
  return lines;
}

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
  plan.far = plan.terms * plan.columns * static_cast<int64_t>(sizeof(T)) > kNearFilter;
  plan.panels = plan.far ? kFarPanels : 1;
  plan.lines = 0;
  // Shorter lines would leave tiles half empty.
  if (w.axis[2].windows > 4) {
    plan.lines = lines_within<T>(w, plan.far ? kFarLines : kNearLines);
  }
  plan.group_rows = plan.panels * kMaxRows[plan.vectors];
  if (plan.far && plan.lines > 0) plan.group_rows = plan.lines * w.axis[2].windows;
  return plan;
}

// Workspace in elements: the filter of a group, shared; then for each member a panel of patches, or
// lines and where the terms lie in them, a block of y that is scattered when finished, and open
// group totals.
template <class T>
struct ProductWorkspace {
  int64_t filter;
  int64_t patches = kPanelElements<T>;
  int64_t term_list = 0;
  int64_t block = 0;
  int64_t group = 0;

  ProductWorkspace(const ConvArgs& a, const ProductPlan& plan) {
    filter = round_up(plan.terms * plan.columns, 64);
    if (plan.lines > 0) {
      const LinesPlan held(a.windows, plan.lines, pixel_of(a.windows, 0));
      patches = round_up(held.template elements<T>(), 64);
      const int64_t bytes = TermList(a.windows, held).memory();
      term_list = round_up(divide_up(bytes, static_cast<int64_t>(sizeof(T))), 64);
    } else if (plan.scattered) {
      block = plan.group_rows * plan.columns;
    }
    if (plan.terms > kGemmGroup) group = plan.group_rows * plan.columns;
  }
  int64_t member() const { return round_up(patches + term_list + block + group, 64); }
};

// What a member works with.
template <class T>
struct Product {
  const ConvArgs& a;
  const ProductPlan& plan;
  T* filter;
  T* patches;
  Terms* term_list;
  T* block;
  T* open;
  int64_t tile_columns;

  Product(const ConvArgs& args, const ProductPlan& plan_of, const Team& team)
      : a(args), plan(plan_of), tile_columns(plan_of.vectors * Vec<T>::width) {
    const ProductWorkspace<T> sizes(args, plan_of);
    filter = static_cast<T*>(args.workspace);
    patches = filter + sizes.filter + team.rank * sizes.member();
    term_list = reinterpret_cast<Terms*>(patches + sizes.patches);
    block = patches + sizes.patches + sizes.term_list;
    open = block + sizes.block;
  }
};

// Terms under one tap are rows of a matrix.
template <class T>
void pack_terms(const Product<T>& p, int64_t group, int64_t k, int64_t depth, int64_t j, T* to) {
  const ConvArgs& a = p.a;
  const ConvWindows& w = a.windows;
  const T* from = static_cast<const T*>(a.w) + group * a.w_group + j * a.w_output;
  const int64_t columns = smaller(a.outputs - j, p.tile_columns);
  for (int64_t end = k + depth; k < end;) {
    const int64_t tap = k / w.channels;
    const int64_t channel = k % w.channels;
    const int64_t count = smaller(w.channels - channel, end - k);
    const T* b = from + channel * a.w_channel + tap % w.axis[2].taps * a.w_tap[2] +
                 tap / w.axis[2].taps % w.axis[1].taps * a.w_tap[1] +
                 tap / w.axis[2].taps / w.axis[1].taps * a.w_tap[0];
    if (a.w_output == 1) {
      pack_b_rows(b, a.w_channel, count, columns, p.plan.vectors, to);
    } else {
      pack_b_panel(b, a.w_channel, a.w_output, count, columns, p.plan.vectors, to);
    }
    to += count * p.tile_columns;
    k += count;
  }
}

// The filter of a group: chunk after chunk of k, each as panels of columns one below the other.
template <class T>
void pack_filter(const Product<T>& p, int64_t group, const Team& team) {
  const int64_t panels = p.plan.columns / p.tile_columns;
  const Range own = static_range(divide_up(p.plan.terms, kGemmChunk) * panels, 1, team);
  for (int64_t i = own.begin; i < own.end; ++i) {
    const int64_t k = i / panels * kGemmChunk;
    const int64_t j = i % panels * p.tile_columns;
    const int64_t depth = smaller(p.plan.terms - k, kGemmChunk);
    pack_terms(p, group, k, depth, j, p.filter + k * p.plan.columns + j * depth);
  }
}

// Rows of y, whose patches t knows, over the chunk that begins at k; y and open are of column 0.
template <class T>
void run_rows(const Product<T>& p, Tile<T>& t, int64_t height, int64_t group, int64_t k,
              Range columns, const Sums<T>& sums) {
  const ConvArgs& a = p.a;
  const int64_t depth = smaller(p.plan.terms - k, kGemmChunk);
  const bool last = k + kGemmChunk >= p.plan.terms;
  const T* bias = last && a.bias ? static_cast<const T*>(a.bias) + group * a.outputs : nullptr;
  t.b_stride = p.tile_columns;
  t.b_lanes = Vec<T>::width;
  // A member's columns may begin within a tile.
  int64_t within = columns.begin == 0 ? 0 : columns.begin % p.tile_columns;
  for (int64_t j = columns.begin; j < columns.end; within = 0) {
    const int64_t left = smaller(columns.end - j, p.tile_columns - within);
    const int vectors = static_cast<int>(divide_up(left, Vec<T>::width));
    t.y_lanes = static_cast<int>(left - (vectors - 1) * Vec<T>::width);
    t.b = p.filter + k * p.plan.columns + (j - within) * depth + within;
    place_sums(t, {sums.y + j, sums.y_row, sums.group + j, sums.group_row}, k, p.plan.terms);
    t.bias = bias ? bias + j : nullptr;
    run_columns(t, kByRow, static_cast<int>(height), vectors);
    j += left;
  }
  if (last && a.activation) {
    a.activation(sums.y + columns.begin, sums.y_row, height, columns.end - columns.begin, a.alpha);
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
