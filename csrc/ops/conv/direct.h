// Windows times filter, patches read where they lie in padded lines.
#pragma once

#include "ops/conv/product.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
class DirectProduct {
 public:
  DirectProduct(const Product<T>& p, int64_t group)
      : p_(p),
        w_(p.a.windows),
        group_(group),
        plan_(p.a.windows, p.plan.lines, pixel_of(w_, group)),
        lines_(p.a.windows, plan_, pixel_of(w_, group), p.patches),
        count_(TermList(w_, plan_).list(p.term_list)) {}

  void run(const Part& part) {
    const int64_t width = w_.axis[2].windows;
    const int64_t last = (part.rows.end - 1) / width + 1;
    for (int64_t first = part.rows.begin / width; first < last; first += p_.plan.lines) {
      const int64_t count = smaller(p_.plan.lines, last - first);
      lines_.fill(first, count);
      if (first + count < last) {
        const int64_t panels = divide_up(width, kMaxRows[p_.plan.vectors]);
        lines_.aim(first + count, smaller(p_.plan.lines, last - first - count), count * panels,
                   ahead_);
      }
      if (!p_.plan.far) {
        run_block(part, first, count, {0, count_});
        continue;
      }
      // All windows of the block meet a chunk of the filter while it is near.
      for (int64_t i = 0; i < count_;) {
        const int64_t end = end_of_chunk(i);
        run_block(part, first, count, {i, end});
        i = end;
      }
    }
  }

 private:
  int64_t end_of_chunk(int64_t i) const {
    const int64_t end = p_.term_list[i].k / kGemmChunk * kGemmChunk + kGemmChunk;
    while (i < count_ && p_.term_list[i].k < end) ++i;
    return i;
  }

  // Lines of windows over the terms of whole chunks of k.
  void run_block(const Part& part, int64_t first, int64_t count, Range entries) {
    const int64_t width = w_.axis[2].windows;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t start = (first + i) * width;
      const int64_t begin = part.rows.begin > start ? part.rows.begin - start : 0;
      const int64_t height = smaller(part.rows.end - start, width) - begin;
      const int64_t panels = divide_up(height, kMaxRows[p_.plan.vectors]);
      T* y = line_of_y(first + i);
      for (int64_t panel = 0; panel < panels; ++panel) {
        const Range rows{begin + height * panel / panels, begin + height * (panel + 1) / panels};
        const int64_t below = p_.plan.far ? i * width + rows.begin : 0;
        const Sums<T> sums{y + rows.begin * p_.a.y_window[2], p_.a.y_window[2],
                           p_.open + below * p_.plan.columns, p_.plan.columns};
        ahead_.fetch();
        int64_t next = entries.begin;
        do {
          next = run_panel(i, rows, part.columns, next, sums);
        } while (next < entries.end);
      }
    }
  }

  // Over the chunk that begins with entry i of the terms. Returns where the next one begins.
  int64_t run_panel(int64_t line, Range rows, Range columns, int64_t i, const Sums<T>& sums) const {
    Piece<T> pieces[kGemmChunk];
    const int64_t step = w_.axis[2].step * plan_.pixel;
    const T* const* under = lines_.under(line);
    const int64_t k = i < count_ ? p_.term_list[i].k : 0;
    int count = 0;
    for (; i < count_ && p_.term_list[i].k < k + kGemmChunk; ++i) {
      const Terms& terms = p_.term_list[i];
      pieces[count++] = {under[terms.slot] + rows.begin * step + terms.within,
                         (terms.k - k) * p_.tile_columns, terms.count};
    }
    Tile<T> t;
    t.pieces = pieces;
    t.count = count;
    t.a_stride = step;
    run_rows(p_, t, rows.end - rows.begin, group_, k, columns, sums);
    return i;
  }

  T* line_of_y(int64_t line) const {
    const int64_t plane = line / w_.axis[1].windows;
    return static_cast<T*>(p_.a.y) + group_ * p_.a.outputs +
           plane / w_.axis[0].windows * p_.a.y_batch +
           plane % w_.axis[0].windows * p_.a.y_window[0] +
           line % w_.axis[1].windows * p_.a.y_window[1];
  }

  const Product<T>& p_;
  const ConvWindows& w_;
  int64_t group_;
  const LinesPlan plan_;
  Lines<T> lines_;
  Ahead<> ahead_;
  int64_t count_;  // entries of the list of terms
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
