// Pools on a device: a thread for 16 bytes of neighbouring channels of a window, or of an element
// for gradients, which gather from the windows that hold it. Bound by memory: a gradient takes some
// 150 instructions for the 16 bytes that it writes, half of what a multiprocessor has time for.
#include "cuda/divider.h"
#include "cuda/packets.h"
#include "ops/pool/walk.h"

namespace mark1::cuda {
namespace {

// What the threads of a grid have to do with: the windows, or the elements of x.
struct Places {
  PoolArgs pool;
  gpu::Divider channels, size[kPoolAxes];  // packets of channels; how many along each axis
  gpu::Divider stride[kPoolAxes];
  int64_t packets;
};

// One of them.
struct PoolPlace {
  int64_t n, at[kPoolAxes], channel;
};

// Windows along an axis that hold element i.
MARK1_DEVICE inline Range windows_holding(const Places& p, int axis, int64_t i) {
  const PoolAxis& a = p.pool.axis[axis];
  const int64_t ahead = i + a.before - a.window;
  const int64_t last = p.stride[axis].quotient<false>(i + a.before) + 1;
  return {ahead < 0 ? 0 : p.stride[axis].quotient<false>(ahead) + 1,
          last < a.windows ? last : a.windows};
}

// Calls visit(offset of x's packet, place in the window) for the elements of a window in row-major
// order.
template <class Visit>
MARK1_DEVICE inline void each_element(const PoolArgs& args, const PoolPlace& o, Visit visit) {
  const PoolAxis &d = args.axis[0], &h = args.axis[1], &w = args.axis[2];
  const Range ds = places(d, o.at[0]), hs = places(h, o.at[1]), ws = places(w, o.at[2]);
  for (int64_t kd = ds.begin; kd < ds.end; ++kd) {
    for (int64_t kh = hs.begin; kh < hs.end; ++kh) {
      const int64_t z = o.n * d.size + start_of(d, o.at[0]) + kd;
      const int64_t y = z * h.size + start_of(h, o.at[1]) + kh;
      const int64_t x = y * w.size + start_of(w, o.at[2]) + ws.begin;
      int64_t offset = x * args.channels + o.channel;
      for (int64_t kw = ws.begin; kw < ws.end; ++kw, offset += args.channels) {
        visit(offset, (kd * h.window + kh) * w.window + kw);
      }
    }
  }
}

// Calls visit(offset of the window's packet, place in it, number of its elements) for the windows
// that hold an element, in row-major order.
template <class Visit>
MARK1_DEVICE inline void each_window(const Places& p, const PoolPlace& i, Visit visit) {
  const PoolAxis &d = p.pool.axis[0], &h = p.pool.axis[1], &w = p.pool.axis[2];
  const Range ds = windows_holding(p, 0, i.at[0]), hs = windows_holding(p, 1, i.at[1]);
  const Range ws = windows_holding(p, 2, i.at[2]);
  for (int64_t od = ds.begin; od < ds.end; ++od) {
    for (int64_t oh = hs.begin; oh < hs.end; ++oh) {
      const int64_t line = (i.n * d.windows + od) * h.windows + oh;
      const int64_t kd = i.at[0] - start_of(d, od), kh = i.at[1] - start_of(h, oh);
      const int64_t lines = length(places(d, od)) * length(places(h, oh));
      for (int64_t ow = ws.begin; ow < ws.end; ++ow) {
        const int64_t kw = i.at[2] - start_of(w, ow);
        visit((line * w.windows + ow) * p.pool.channels + i.channel,
              (kd * h.window + kh) * w.window + kw, lines * length(places(w, ow)));
      }
    }
  }
}

template <class T, class Index>
struct MaxPool {
  template <int n>
  static MARK1_DEVICE void run(const Places& p, const PoolPlace& place, int64_t at) {
    const PoolArgs& args = p.pool;
    gpu::Packet<T, n> best = {};
    gpu::Packet<Index, n> winner = {};
    bool first = true;
    each_element(args, place, [&](int64_t offset, int64_t k) {
      const auto x = gpu::Packet<T, n>::load(static_cast<const T*>(args.in) + offset);
#pragma unroll
      for (int e = 0; e < n; ++e) {
        if (!first && (x.at[e] <= best.at[e] || best.at[e] != best.at[e])) continue;
        best.at[e] = x.at[e];
        winner.at[e] = static_cast<Index>(k);
      }
      first = false;
    });
    best.store(static_cast<T*>(args.out) + at);
    winner.store(static_cast<Index*>(args.index) + at);
  }
};

template <class T, class Index>
struct MaxPoolGather {
  template <int n>
  static MARK1_DEVICE void run(const Places& p, const PoolPlace& place, int64_t at) {
    const PoolArgs& args = p.pool;
    const auto index = gpu::Packet<Index, n>::load(static_cast<const Index*>(args.index) + at);
    each_element(args, place, [&](int64_t offset, int64_t k) {
#pragma unroll
      for (int e = 0; e < n; ++e) {
        if (index.at[e] != k) continue;
        static_cast<T*>(args.out)[at + e] = static_cast<const T*>(args.in)[offset + e];
      }
    });
  }
};

template <class T>
struct AveragePool {
  template <int n>
  static MARK1_DEVICE void run(const Places& p, const PoolPlace& place, int64_t at) {
    const PoolArgs& args = p.pool;
    gpu::Packet<T, n> sum = {};
    int64_t count = 0;
    each_element(args, place, [&](int64_t offset, int64_t) {
      const auto x = gpu::Packet<T, n>::load(static_cast<const T*>(args.in) + offset);
#pragma unroll
      for (int e = 0; e < n; ++e) sum.at[e] = count == 0 ? x.at[e] : sum.at[e] + x.at[e];
      ++count;
    });
#pragma unroll
    for (int e = 0; e < n; ++e) sum.at[e] = sum.at[e] / static_cast<T>(count);
    sum.store(static_cast<T*>(args.out) + at);
  }
};

// The sum of what term(offset, place, number of elements) gives for each window.
template <class T, int n, class Term>
MARK1_DEVICE inline void put_sum(const Places& p, const PoolPlace& place, int64_t at, Term term) {
  gpu::Packet<T, n> sum = {};
  bool first = true;
  each_window(p, place, [&](int64_t offset, int64_t k, int64_t count) {
    const gpu::Packet<T, n> value = term(offset, k, count);
#pragma unroll
    for (int e = 0; e < n; ++e) sum.at[e] = first ? value.at[e] : sum.at[e] + value.at[e];
    first = false;
  });
  sum.store(static_cast<T*>(p.pool.out) + at);
}

template <class T, class Index>
struct MaxPoolBackward {
  template <int n>
  static MARK1_DEVICE void run(const Places& p, const PoolPlace& place, int64_t at) {
    const PoolArgs& args = p.pool;
    const auto* pooled = static_cast<const T*>(args.pooled);
    put_sum<T, n>(p, place, at, [&](int64_t offset, int64_t k, int64_t) {
      auto dy = gpu::Packet<T, n>::load(static_cast<const T*>(args.in) + offset);
      const auto index =
          gpu::Packet<Index, n>::load(static_cast<const Index*>(args.index) + offset);
      if (pooled) {
        const auto y = gpu::Packet<T, n>::load(pooled + offset);
#pragma unroll
        for (int e = 0; e < n; ++e) dy.at[e] = dy.at[e] * T(y.at[e] > 0 ? 1 : 0);
      }
#pragma unroll
      for (int e = 0; e < n; ++e) {
        if (index.at[e] != k) dy.at[e] = 0;
      }
      return dy;
    });
  }
};

template <class T>
struct AveragePoolBackward {
  template <int n>
  static MARK1_DEVICE void run(const Places& p, const PoolPlace& place, int64_t at) {
    put_sum<T, n>(p, place, at, [&](int64_t offset, int64_t, int64_t count) {
      auto dy = gpu::Packet<T, n>::load(static_cast<const T*>(p.pool.in) + offset);
      const T share = T(1) / static_cast<T>(count);
#pragma unroll
      for (int e = 0; e < n; ++e) dy.at[e] = dy.at[e] * share;
      return dy;
    });
  }
};

template <class Formula, int n>
struct EachPlace {
  static constexpr bool alone = true;
  using Args = Places;

  static MARK1_DEVICE void run(const Args& p, const gpu::Block& block) {
    const int64_t packet = block.index() * block.threads() + block.thread();
    if (packet >= p.packets) return;
    PoolPlace place = {};
    int64_t rest = p.channels.quotient<false>(packet);
    place.channel = (packet - rest * p.channels.divisor()) * n;
#pragma unroll
    for (int i = kPoolAxes - 1; i >= 0; --i) {
      const int64_t next = p.size[i].quotient<false>(rest);
      place.at[i] = rest - next * p.size[i].divisor();
      rest = next;
    }
    place.n = rest;
    Formula::template run<n>(p, place, packet * n);
  }
};

template <class Formula, class T, bool gradient>
void queue_pool(const void* bytes, const Team& team) {
  Places p = {*static_cast<const PoolArgs*>(bytes), {}, {}, {}, 0};
  constexpr int run = 16 / sizeof(T);
  const auto aligned = [](const void* data) { return reinterpret_cast<uintptr_t>(data) % 16 == 0; };
  const PoolArgs& args = p.pool;
  const bool whole = args.channels % run == 0 && aligned(args.in) && aligned(args.out) &&
                     aligned(args.index) && aligned(args.pooled);
  p.channels = gpu::Divider(whole ? args.channels / run : args.channels);
  p.packets = args.batch * p.channels.divisor();
  for (int i = 0; i < kPoolAxes; ++i) {
    const PoolAxis& axis = args.axis[i];
    p.size[i] = gpu::Divider(gradient ? axis.size : axis.windows);
    p.stride[i] = gpu::Divider(axis.stride);
    p.packets *= p.size[i].divisor();
  }
  whole ? gpu::queue<EachPlace<Formula, run>>(p, threads_for(p.packets), team.sync)
        : gpu::queue<EachPlace<Formula, 1>>(p, threads_for(p.packets), team.sync);
}

}  // namespace

#define MARK1_KERNEL(Formula, gradient, T, ...) \
  {&queue_pool<Formula<T __VA_OPT__(, ) __VA_ARGS__>, T, gradient>}
#define MARK1_INDEXED(Formula, gradient)                   \
  {                                                        \
    {MARK1_KERNEL(Formula, gradient, float, uint8_t),      \
     MARK1_KERNEL(Formula, gradient, float, int32_t)},     \
    {                                                      \
      MARK1_KERNEL(Formula, gradient, double, uint8_t),    \
          MARK1_KERNEL(Formula, gradient, double, int32_t) \
    }                                                      \
  }

const PoolKernels pool_kernels = {
    .max_pool = MARK1_INDEXED(MaxPool, false),
    .max_pool_backward = MARK1_INDEXED(MaxPoolBackward, true),
    .max_pool_gather = MARK1_INDEXED(MaxPoolGather, false),
    .average_pool = {MARK1_KERNEL(AveragePool, false, float),
                     MARK1_KERNEL(AveragePool, false, double)},
    .average_pool_backward = {MARK1_KERNEL(AveragePoolBackward, true, float),
                              MARK1_KERNEL(AveragePoolBackward, true, double)},
};

}  // namespace mark1::cuda
