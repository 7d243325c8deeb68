// The definition of pool; see pool.h.
#include "ops/pool/walk.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Calls visit(element of x, place in the window) for the elements of a window in row-major order;
// element: of channel 0.
template <class Visit>
MARK1_DEVICE void each_place(const PoolArgs& args, const Line& line, int64_t ow, Visit visit) {
  const PoolAxis &d = args.axis[0], &h = args.axis[1], &w = args.axis[2];
  const Range ds = places(d, line.d), hs = places(h, line.h), ws = places(w, ow);
  for (int64_t kd = ds.begin; kd < ds.end; ++kd) {
    for (int64_t kh = hs.begin; kh < hs.end; ++kh) {
      for (int64_t kw = ws.begin; kw < ws.end; ++kw) {
        const int64_t z = line.n * d.size + start_of(d, line.d) + kd;
        const int64_t y = z * h.size + start_of(h, line.h) + kh;
        const int64_t x = y * w.size + start_of(w, ow) + kw;
        visit(x * args.channels, (kd * h.window + kh) * w.window + kw);
      }
    }
  }
}

// Calls visit(window, place in it, number of elements in it) for the windows that hold an element.
template <class Visit>
MARK1_DEVICE void each_window(const PoolArgs& args, const Line& line, int64_t iw, Visit visit) {
  const PoolAxis &d = args.axis[0], &h = args.axis[1], &w = args.axis[2];
  const Range ds = windows_with(d, line.d), hs = windows_with(h, line.h), ws = windows_with(w, iw);
  for (int64_t od = ds.begin; od < ds.end; ++od) {
    for (int64_t oh = hs.begin; oh < hs.end; ++oh) {
      for (int64_t ow = ws.begin; ow < ws.end; ++ow) {
        const int64_t kd = line.d - start_of(d, od);
        const int64_t kh = line.h - start_of(h, oh);
        const int64_t kw = iw - start_of(w, ow);
        const int64_t o = ((line.n * d.windows + od) * h.windows + oh) * w.windows + ow;
        visit(o * args.channels, (kd * h.window + kh) * w.window + kw,
              length(places(d, od)) * length(places(h, oh)) * length(places(w, ow)));
      }
    }
  }
}

// Calls f(line, ow, offset of the window's channel, channel).
template <class F>
MARK1_DEVICE void each_output(const PoolArgs& args, const Team& team, F f) {
  const int64_t depth = args.axis[0].windows, height = args.axis[1].windows;
  const int64_t width = args.axis[2].windows;
  const Range lines = static_range(args.batch * depth * height, 1, team);
  for (int64_t l = lines.begin; l < lines.end; ++l) {
    for (int64_t ow = 0; ow < width; ++ow) {
      for (int64_t c = 0; c < args.channels; ++c) {
        f(line_at(l, depth, height), ow, (l * width + ow) * args.channels + c, c);
      }
    }
  }
}

template <class F>
MARK1_DEVICE void each_input(const PoolArgs& args, const Team& team, F f) {
  const int64_t depth = args.axis[0].size, height = args.axis[1].size, width = args.axis[2].size;
  const Range lines = static_range(args.batch * depth * height, 1, team);
  for (int64_t l = lines.begin; l < lines.end; ++l) {
    for (int64_t iw = 0; iw < width; ++iw) {
      for (int64_t c = 0; c < args.channels; ++c) {
        f(line_at(l, depth, height), iw, (l * width + iw) * args.channels + c, c);
      }
    }
  }
}

template <class T, class Index>
MARK1_DEVICE void max_pool(const PoolArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.in);
  each_output(args, team, [&](const Line& line, int64_t ow, int64_t o, int64_t c) {
    T best = 0;
    int64_t winner = -1;
    each_place(args, line, ow, [&](int64_t i, int64_t place) {
      const T value = x[i + c];
      if (winner >= 0 && (value <= best || best != best)) return;
      best = value;
      winner = place;
    });
    static_cast<T*>(args.out)[o] = best;
    static_cast<Index*>(args.index)[o] = static_cast<Index>(winner);
  });
}

template <class T, class Index>
MARK1_DEVICE void max_pool_gather(const PoolArgs& args, const Team& team) {
  const auto* g = static_cast<const T*>(args.in);
  const auto* index = static_cast<const Index*>(args.index);
  each_output(args, team, [&](const Line& line, int64_t ow, int64_t o, int64_t c) {
    each_place(args, line, ow, [&](int64_t i, int64_t place) {
      if (index[o] == place) static_cast<T*>(args.out)[o] = g[i + c];
    });
  });
}

template <class T>
MARK1_DEVICE void average_pool(const PoolArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.in);
  each_output(args, team, [&](const Line& line, int64_t ow, int64_t o, int64_t c) {
    T sum = 0;
    int64_t count = 0;
    each_place(args, line, ow, [&](int64_t i, int64_t) {
      sum = count == 0 ? x[i + c] : sum + x[i + c];
      ++count;
    });
    static_cast<T*>(args.out)[o] = sum / static_cast<T>(count);
  });
}

// term(window's offset, place, number of elements).
template <class T, class Term>
MARK1_DEVICE void backward(const PoolArgs& args, const Team& team, Term term) {
  each_input(args, team, [&](const Line& line, int64_t iw, int64_t i, int64_t c) {
    T sum = 0;
    bool first = true;
    each_window(args, line, iw, [&](int64_t o, int64_t place, int64_t count) {
      const T value = term(o + c, place, count);
      sum = first ? value : sum + value;
      first = false;
    });
    static_cast<T*>(args.out)[i] = sum;
  });
}

template <class T, class Index>
MARK1_DEVICE void max_pool_backward(const PoolArgs& args, const Team& team) {
  const auto* dy = static_cast<const T*>(args.in);
  const auto* index = static_cast<const Index*>(args.index);
  const auto* pooled = static_cast<const T*>(args.pooled);
  backward<T>(args, team, [&](int64_t o, int64_t place, int64_t) {
    if (index[o] != place) return T(0);
    return pooled ? dy[o] * T(pooled[o] > 0 ? 1 : 0) : dy[o];
  });
}

template <class T>
MARK1_DEVICE void average_pool_backward(const PoolArgs& args, const Team& team) {
  const auto* dy = static_cast<const T*>(args.in);
  backward<T>(args, team, [&](int64_t o, int64_t, int64_t count) {
    return dy[o] * (T(1) / static_cast<T>(count));
  });
}

}  // namespace

#define MARK1_INDEXED(kernel)                               \
  {                                                         \
    {make_kernel<PoolArgs, &kernel<float, uint8_t>>(),      \
     make_kernel<PoolArgs, &kernel<float, int32_t>>()},     \
    {                                                       \
      make_kernel<PoolArgs, &kernel<double, uint8_t>>(),    \
          make_kernel<PoolArgs, &kernel<double, int32_t>>() \
    }                                                       \
  }
#define MARK1_BOTH(kernel) \
  {make_kernel<PoolArgs, &kernel<float>>(), make_kernel<PoolArgs, &kernel<double>>()}

const PoolKernels pool_kernels = {
    .max_pool = MARK1_INDEXED(max_pool),
    .max_pool_backward = MARK1_INDEXED(max_pool_backward),
    .max_pool_gather = MARK1_INDEXED(max_pool_gather),
    .average_pool = MARK1_BOTH(average_pool),
    .average_pool_backward = MARK1_BOTH(average_pool_backward),
};

}  // namespace MARK1_ISA
}  // namespace mark1
