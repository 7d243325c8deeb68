// pool with lanes over channels. Forward: one register per result while the window is walked
// through. Backward: per element the windows that hold it, so nothing is scattered.
#include "ops/pool/walk.h"
#include "simd/ahead.h"
#include "simd/for_each.h"
#include "simd/narrow.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

constexpr int64_t kNearBytes = 1 << 22;

inline int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}
inline int64_t larger(int64_t a, int64_t b) {
  return a < b ? b : a;
}

// What is done with the elements of a window, for `count` channels from offset o of the windows.
template <class T, class Index>
struct Winner {
  Vec<T> best = T(0);
  IntVec<T> winner = 0;

  Winner(const PoolArgs&, int64_t, int) {}
  void first(Vec<T> value, int place) {
    best = value;
    winner = IntVec<T>(place);
  }
  void next(Vec<T> value, int place) {
    const Mask<T> better = (!(value <= best)) & (best == best);
    best = select(better, value, best);
    winner = select(better, IntVec<T>(place), winner);
  }
  void store(const PoolArgs& args, int64_t o, int count, T, bool stream) const {
    put(best, static_cast<T*>(args.out) + o, count, stream);
    store_indices<T>(winner, static_cast<Index*>(args.index) + o, count);
  }
};

template <class T, class Index>
struct Chosen {
  IntVec<T> index;
  Vec<T> value;

  Chosen(const PoolArgs& args, int64_t o, int count)
      : index(load_indices<T>(static_cast<const Index*>(args.index) + o, count)), value(T(0)) {}
  void first(Vec<T> g, int place) { next(g, place); }
  void next(Vec<T> g, int place) { value = select(index == IntVec<T>(place), g, value); }
  void store(const PoolArgs& args, int64_t o, int count, T, bool stream) const {
    put(value, static_cast<T*>(args.out) + o, count, stream);
  }
};

template <class T>
struct Average {
  Vec<T> sum = T(0);

  Average(const PoolArgs&, int64_t, int) {}
  void first(Vec<T> value, int) { sum = value; }
  void next(Vec<T> value, int) { sum = sum + value; }
  void store(const PoolArgs& args, int64_t o, int count, T number, bool stream) const {
    put(sum / Vec<T>(number), static_cast<T*>(args.out) + o, count, stream);
  }
};

// Windows of kHeight x kWidth elements without padding, one after the other along a line; x: the
// first element of the first, o: its offset.
template <class Fold, int kHeight, int kWidth, class T>
inline void fixed_windows(const PoolArgs& given, const T* x, int64_t o, int64_t windows,
                          bool stream, Ahead<3>& ahead) {
  const PoolArgs args = given;  // no store can change it
  const int64_t c = args.channels, row = args.axis[2].size * c, step = args.axis[2].stride * c;
  for (; windows > 0; --windows, x += step, o += c) {
    ahead.fetch();
    for_each_vector<T>({0, c}, [&](int64_t i, int count) {
      Fold fold(args, o + i, count);
      fold.first(Vec<T>::load(x + i, count), 0);
#pragma GCC unroll 9
      for (int k = 1; k < kHeight * kWidth; ++k) {
        fold.next(Vec<T>::load(x + k / kWidth * row + k % kWidth * c + i, count), k);
      }
      fold.store(args, o + i, count, T(kHeight * kWidth), stream);
    });
  }
}

// Any window, of which the places ds x hs x ws are inside; x: place (0, 0, 0), maybe in the
// padding.
template <class Fold, class T>
void any_window(const PoolArgs& args, Range ds, Range hs, Range ws, const T* x, int64_t o,
                bool stream) {
  const int64_t c = args.channels, row = args.axis[2].size * c, plane = args.axis[1].size * row;
  const T number = static_cast<T>(length(ds) * length(hs) * length(ws));
  for_each_vector<T>({0, c}, [&](int64_t i, int count) {
    Fold fold(args, o + i, count);
    bool first = true;
    for (int64_t d = ds.begin; d < ds.end; ++d) {
      for (int64_t h = hs.begin; h < hs.end; ++h) {
        const int64_t place = (d * args.axis[1].window + h) * args.axis[2].window;
        const T* line = x + (d * plane + h * row + i);
        for (int64_t w = ws.begin; w < ws.end; ++w) {
          const Vec<T> value = Vec<T>::load(line + w * c, count);
          if (first) {
            fold.first(value, static_cast<int>(place + w));
          } else {
            fold.next(value, static_cast<int>(place + w));
          }
          first = false;
        }
      }
    }
    fold.store(args, o + i, count, number, stream);
  });
}

template <class Fold, class T>
void forward(const PoolArgs& args, const Team& team) {
  const PoolAxis &d = args.axis[0], &h = args.axis[1], &w = args.axis[2];
  const int64_t c = args.channels;
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), c);
  const Range lines = static_range(args.batch * d.windows * h.windows, 1, team);
  // What lies beyond the caches of a core is asked for a line of windows ahead; about, where
  // images end. Out of memory that is a sixth of the time, out of the third level more than half.
  constexpr auto item = static_cast<int64_t>(sizeof(T));
  const int64_t row = w.size * c, fresh = smaller(h.stride, h.window);
  const bool far = args.batch * d.size * h.size * row * item > kNearBytes;
  Ahead<3> ahead;
  for (int64_t l = lines.begin; l < lines.end; ++l) {
    const Line line = line_at(l, d.windows, h.windows);
    const Range ds = places(d, line.d), hs = places(h, line.h);
    const int64_t z = line.n * d.size + start_of(d, line.d);
    const int64_t y = (z * h.size + start_of(h, line.h)) * w.size;
    const auto at = [&](int64_t ow) {
      return static_cast<const T*>(args.in) + (y + start_of(w, ow)) * c;
    };
    if (far && l + 1 < lines.end) {
      ahead.aim(at(0) + larger(h.stride, h.window) * row, fresh * row * item, w.windows);
    }
    const bool whole = d.window == 1 && length(hs) == h.window;
    const int64_t side =
        whole && h.window == w.window && (h.window == 2 || h.window == 3) ? h.window : 0;
    for (int64_t ow = 0; ow < w.windows; ++ow) {
      // Those without padding lie next to each other.
      if (side != 0 && length(places(w, ow)) == side) {
        int64_t end = ow + 1;
        while (end < w.windows && start_of(w, end) + side <= w.size) ++end;
        const int64_t o = (l * w.windows + ow) * c;
        if (side == 2) fixed_windows<Fold, 2, 2>(args, at(ow), o, end - ow, stream, ahead);
        if (side == 3) fixed_windows<Fold, 3, 3>(args, at(ow), o, end - ow, stream, ahead);
        ow = end - 1;
        continue;
      }
      const Range ws = places(w, ow);
      const int64_t o = (l * w.windows + ow) * c;
      ahead.fetch();
      any_window<Fold>(args, ds, hs, ws, at(ow), o, stream);
    }
  }
  end_stream(stream);
}

// What the window at offset o, with `number` elements, gives to the element at a place in it.
template <class T, class Index>
struct MaxTerm {
  const T* dy;
  const Index* index;
  const T* pooled;

  MaxTerm(const PoolArgs& args, int64_t o, int64_t)
      : dy(static_cast<const T*>(args.in) + o),
        index(static_cast<const Index*>(args.index) + o),
        pooled(args.pooled ? static_cast<const T*>(args.pooled) + o : nullptr) {}
  struct Held {
    Vec<T> dy;
    IntVec<T> index;
    Vec<T> at(int64_t place) const {
      return select(index == IntVec<T>(static_cast<int>(place)), dy, Vec<T>(T(0)));
    }
  };
  Held load(int64_t i, int count) const {
    Vec<T> value = Vec<T>::load(dy + i, count);
    if (pooled) {
      const Mask<T> positive = Vec<T>::load(pooled + i, count) > Vec<T>(T(0));
      value = value * select(positive, Vec<T>(T(1)), Vec<T>(T(0)));
    }
    return {value, load_indices<T>(index + i, count)};
  }
};

template <class T>
struct AverageTerm {
  const T* dy;
  Vec<T> part;

  AverageTerm(const PoolArgs& args, int64_t o, int64_t number)
      : dy(static_cast<const T*>(args.in) + o), part(T(1) / static_cast<T>(number)) {}
  struct Held {
    Vec<T> value;
    Vec<T> at(int64_t) const { return value; }
  };
  Held load(int64_t i, int count) const { return {Vec<T>::load(dy + i, count) * part}; }
};

template <class T>
inline void fill_zeros(T* dx, int64_t n, bool stream) {
  for_each_vector<T>({0, n},
                     [&](int64_t i, int count) { put(Vec<T>(T(0)), dx + i, count, stream); });
}

// The windows over one line of dx: those at od, oh of the axes before the last.
struct WindowLine {
  int64_t first;   // number of its first window
  int64_t place;   // of the line's elements, less their place along the last axis
  int64_t number;  // of elements, less those along the last axis
};

inline WindowLine window_line(const PoolArgs& args, const Line& line, int64_t od, int64_t oh) {
  const PoolAxis &d = args.axis[0], &h = args.axis[1], &w = args.axis[2];
  const int64_t kd = line.d - start_of(d, od), kh = line.h - start_of(h, oh);
  return {((line.n * d.windows + od) * h.windows + oh) * w.windows, (kd * h.window + kh) * w.window,
          length(places(d, od)) * length(places(h, oh))};
}

// A line of dx each of whose elements is in at most one window: dy and index are loaded once.
template <class Term, class T>
void backward_apart(const PoolArgs& args, const WindowLine& line, T* dx, bool stream) {
  const PoolAxis& w = args.axis[2];
  const int64_t c = args.channels;
  int64_t done = 0;
  for (int64_t ow = 0; ow < w.windows; ++ow) {
    const Range ws = places(w, ow);
    const int64_t start = start_of(w, ow);
    fill_zeros(dx + done * c, (start + ws.begin - done) * c, stream);
    const Term term(args, (line.first + ow) * c, line.number * length(ws));
    T* to = dx + start * c;
    for_each_vector<T>({0, c}, [&](int64_t i, int count) {
      const auto held = term.load(i, count);
      for (int64_t k = ws.begin; k < ws.end; ++k) {
        put(held.at(line.place + k), to + k * c + i, count, stream);
      }
    });
    done = start + ws.end;
  }
  fill_zeros(dx + done * c, (w.size - done) * c, stream);
}

// A line of dx whose elements may be in several windows ds x hs x ...
template <class Term, class T>
void backward_line(const PoolArgs& args, const Line& line, Range ds, Range hs, T* dx) {
  const PoolAxis& w = args.axis[2];
  const int64_t c = args.channels;
  Range ws = {0, 0};
  for (int64_t iw = 0; iw < w.size; ++iw, dx += c) {
    while (start_of(w, ws.begin) + w.window <= iw) ++ws.begin;
    while (ws.end < w.windows && start_of(w, ws.end) <= iw) ++ws.end;
    bool first = true;
    for (int64_t od = ds.begin; od < ds.end; ++od) {
      for (int64_t oh = hs.begin; oh < hs.end; ++oh) {
        const WindowLine over = window_line(args, line, od, oh);
        for (int64_t ow = ws.begin; ow < ws.end; ++ow) {
          const int64_t place = over.place + (iw - start_of(w, ow));
          const Term term(args, (over.first + ow) * c, over.number * length(places(w, ow)));
          for_each_vector<T>({0, c}, [&](int64_t i, int count) {
            const Vec<T> value = term.load(i, count).at(place);
            (first ? value : Vec<T>::load(dx + i, count) + value).store(dx + i, count);
          });
          first = false;
        }
      }
    }
    if (first) fill_zeros(dx, c, false);
  }
}

template <class Term, class T>
void backward(const PoolArgs& args, const Team& team) {
  const PoolAxis &d = args.axis[0], &h = args.axis[1], &w = args.axis[2];
  const int64_t row = w.size * args.channels;
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), args.channels);
  const Range lines = static_range(args.batch * d.size * h.size, 1, team);
  for (int64_t l = lines.begin; l < lines.end; ++l) {
    const Line line = line_at(l, d.size, h.size);
    const Range ds = windows_with(d, line.d), hs = windows_with(h, line.h);
    T* dx = static_cast<T*>(args.out) + l * row;
    if (length(ds) == 1 && length(hs) == 1 && w.stride >= w.window) {
      backward_apart<Term>(args, window_line(args, line, ds.begin, hs.begin), dx, stream);
    } else {
      backward_line<Term>(args, line, ds, hs, dx);
    }
  }
  end_stream(stream);
}

template <class Fold, class T>
constexpr Kernel<PoolArgs> forward_kernel() {
  return make_kernel<PoolArgs, &forward<Fold, T>>();
}
template <class Term, class T>
constexpr Kernel<PoolArgs> backward_kernel() {
  return make_kernel<PoolArgs, &backward<Term, T>>();
}

}  // namespace

#define MARK1_INDEXED(kernel, Work)                                                    \
  {                                                                                    \
    {kernel<Work<float, uint8_t>, float>(), kernel<Work<float, int32_t>, float>()}, {  \
      kernel<Work<double, uint8_t>, double>(), kernel<Work<double, int32_t>, double>() \
    }                                                                                  \
  }

const PoolKernels pool_kernels = {
    .max_pool = MARK1_INDEXED(forward_kernel, Winner),
    .max_pool_backward = MARK1_INDEXED(backward_kernel, MaxTerm),
    .max_pool_gather = MARK1_INDEXED(forward_kernel, Chosen),
    .average_pool = {forward_kernel<Average<float>, float>(),
                     forward_kernel<Average<double>, double>()},
    .average_pool_backward = {backward_kernel<AverageTerm<float>, float>(),
                              backward_kernel<AverageTerm<double>, double>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1
