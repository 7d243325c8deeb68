// Gradients of windows from those of a max-pool over them: what the pool's own gradient would write
// to memory, a chunk of windows at a time where the filter's gradient reads it.
#pragma once

#include "ops/conv/patches.h"
#include "simd/narrow.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
class Unpooled {
 public:
  explicit Unpooled(const ConvFilterArgs& a) : a_(a) {}

  // Windows [window, window + depth) and some columns of them, as panels of so many.
  void take(int64_t window, int64_t depth, Range columns, int64_t panel, T* block) const {
    using V = Vec<T>;
    const ConvAxis* axis = a_.windows.axis;
    const int64_t width = axis[2].windows;
    int64_t p2 = window % width;
    for (int64_t i = 0; i < depth; p2 = 0) {
      const int64_t line = (window + i) / width;
      const int64_t count = smaller(width - p2, depth - i);
      const Line held = line_of(line / axis[1].windows / axis[0].windows,
                                line / axis[1].windows % axis[0].windows, line % axis[1].windows);
      for (int64_t j = columns.begin; j < columns.end; j += V::width) {
        const int64_t at = j - columns.begin;
        T* to = block + at / panel * panel * depth + at % panel + i * panel;
        const int64_t left = columns.end - j;
        if (left >= V::width) {
          take_line(held, {p2, p2 + count}, j, V::width, to, panel);
        } else {
          take_line(held, {p2, p2 + count}, j, static_cast<int>(left), to, panel);
        }
      }
      i += count;
    }
  }

 private:
  // The pool's windows that hold a line of windows; first: of them, or -1 where there are none.
  struct Line {
    int64_t first;
    int place;  // of the line in them
  };

  Line line_of(int64_t n, int64_t p0, int64_t p1) const {
    const PoolAxis* pool = a_.pool.axis;
    const int64_t k0 = (p0 + pool[0].before) % pool[0].stride;
    const int64_t k1 = (p1 + pool[1].before) % pool[1].stride;
    const int64_t o0 = (p0 + pool[0].before) / pool[0].stride;
    const int64_t o1 = (p1 + pool[1].before) / pool[1].stride;
    const bool held =
        k0 < pool[0].window && k1 < pool[1].window && o0 < pool[0].windows && o1 < pool[1].windows;
    const int64_t first = ((n * pool[0].windows + o0) * pool[1].windows + o1) * pool[2].windows;
    return {held ? first : -1, static_cast<int>((k0 * pool[1].window + k1) * pool[2].window)};
  }

  // A vector of columns of some windows of a line.
  [[gnu::always_inline]] void take_line(const Line& line, Range p2, int64_t j, int count, T* to,
                                        int64_t step) const {
    using V = Vec<T>;
    const PoolAxis& pool = a_.pool.axis[2];
    const auto* dy = static_cast<const T*>(a_.dy);
    const auto* pooled = static_cast<const T*>(a_.pool.pooled);
    int64_t within = (p2.begin + pool.before) % pool.stride;
    int64_t window = line.first < 0 ? pool.windows : (p2.begin + pool.before) / pool.stride;
    V sent(T(0));
    IntVec<T> index(0);
    bool fresh = true;
    for (int64_t i = p2.begin; i < p2.end; ++i, to += step) {
      const bool inside = window < pool.windows && within < pool.window;
      if (inside && fresh) {
        const int64_t at = (line.first + window) * a_.outputs + j;
        const V positive = select(V::load(pooled + at, count) > V(T(0)), V(T(1)), V(T(0)));
        sent = V::load(dy + at, count) * positive;
        index = load_indices<T>(a_.pool.index + at, count);
        fresh = false;
      }
      const IntVec<T> place(line.place + static_cast<int>(within));
      (inside ? select(index == place, sent, V(T(0))) : V(T(0))).store(to);
      if (++within < pool.stride) continue;
      within = 0;
      if (line.first >= 0) ++window;
      fresh = true;
    }
  }

  const ConvFilterArgs& a_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
