// Windows times filter, patches gathered panel by panel: for groups, short lines and long ones.
#pragma once

#include "ops/conv/product.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
class GatheredProduct {
 public:
  explicit GatheredProduct(const Product<T>& p) : p_(p), patches_(p.a.windows) {}

  void run(const Part& part, int64_t group) const {
    const int64_t most = kMaxRows[p_.plan.vectors];
    const int64_t rows = part.rows.end - part.rows.begin;
    const int64_t panels = divide_up(rows, most);
    for (int64_t i = 0; i < panels; i += p_.plan.panels) {
      const int64_t last = smaller(i + p_.plan.panels, panels);
      int64_t k = 0;
      do {
        for (int64_t panel = i; panel < last; ++panel) {
          const Range own{part.rows.begin + rows * panel / panels,
                          part.rows.begin + rows * (panel + 1) / panels};
          run_panel(own, part.columns, group, k, (panel - i) * most);
        }
        k += kGemmChunk;
      } while (k < p_.plan.terms);
    }
  }

 private:
  // A panel of windows over one chunk of k; its open sums are `below` the first panel's.
  void run_panel(Range rows, Range columns, int64_t group, int64_t k, int64_t below) const {
    const ConvArgs& a = p_.a;
    Place places[16];
    Run runs[kGemmChunk];
    patches_.places(rows, a.y_window, a.y_batch, places);
    const int64_t height = rows.end - rows.begin;
    const int64_t depth = smaller(p_.plan.terms - k, kGemmChunk);
    const int count = patches_.runs(group, k, depth, runs);
    for (int64_t i = 0; i < height; ++i) {
      T* to = p_.patches + i * kPanelStride<T>;
      for (int r = 0; r < count; ++r) {
        patches_.copy(places[i], runs[r], to);
        to += runs[r].length;
      }
    }

    const Piece<T> piece{p_.patches, 0, depth};
    Tile<T> t;
    t.pieces = &piece;
    t.count = 1;
    t.a_stride = kPanelStride<T>;
    Sums<T> sums{static_cast<T*>(a.y) + places[0].y + group * a.outputs, a.y_window[2],
                 p_.open + below * p_.plan.columns, p_.plan.columns};
    if (p_.plan.scattered) {
      sums.y = p_.block + below * p_.plan.columns;
      sums.y_row = p_.plan.columns;
    }
    run_rows(p_, t, height, group, k, columns, sums);
    if (p_.plan.scattered && k + kGemmChunk >= p_.plan.terms) {
      for (int64_t i = 0; i < height; ++i) {
        T* to = static_cast<T*>(a.y) + places[i].y + group * a.outputs;
        copy_row(sums.y + i * sums.y_row, columns, to);
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

  const Product<T>& p_;
  const Patches<T> patches_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
