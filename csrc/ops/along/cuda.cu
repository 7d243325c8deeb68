// take_along and add_along on a device: a thread for each element that is taken, and for each short
// line along the axis that is added up, long ones being sorted. Of few indices, the first block of
// a grid looks for wrong ones.
#include "cuda/add_sorted.h"
#include "cuda/first_outside.h"
#include "ops/along/along.h"

namespace mark1::cuda {

extern const AlongKernels along_kernels;

namespace {

struct PlacedArgs {
  AlongArgs along;
  gpu::Divider inner, line;  // line: of indices, m inner
  bool threads_look;
};

template <class Index>
MARK1_DEVICE inline void look(const AlongArgs& a, const gpu::Block& block) {
  look_for_wrong<Index>(block, a.indices, a.outer * a.m * a.inner, a.n, a.wrong);
}

template <class Index, class T>
struct Take {
  static constexpr bool alone = false;
  using Args = PlacedArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const AlongArgs& a = args.along;
    if (!args.threads_look && block.index() == 0) return look<Index>(a, block);
    const int64_t number = block.index() - (args.threads_look ? 0 : 1);
    const int64_t at = number * kLookers + block.thread();
    if (at >= a.outer * a.m * a.inner) return;
    const int64_t k = static_cast<const Index*>(a.indices)[at];
    const int64_t column = at - args.inner.template quotient<false>(at) * a.inner;
    const int64_t first = args.line.template quotient<false>(at) * a.n * a.inner;
    const auto* x = static_cast<const T*>(a.x);
    const bool good = inside(k, a.n);
    static_cast<T*>(a.out)[at] = good ? x[first + k * a.inner + column] : T(0);
    if (!good && args.threads_look) gpu::atomic_min(a.wrong, at);
  }
};

template <class Index, class T>
struct Add {
  static constexpr bool alone = false;
  using Args = PlacedArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const AlongArgs& a = args.along;
    if (block.index() == 0) return look<Index>(a, block);
    const int64_t at = (block.index() - 1) * kLookers + block.thread();
    if (at >= a.outer * a.inner) return;
    const int64_t o = args.inner.template quotient<false>(at), column = at - o * a.inner;
    const auto* x = static_cast<const T*>(a.x) + o * a.m * a.inner + column;
    const auto* indices = static_cast<const Index*>(a.indices) + o * a.m * a.inner + column;
    auto* out = static_cast<T*>(a.out) + o * a.n * a.inner + column;
    for (int64_t k = 0; k < a.n; ++k) out[k * a.inner] = 0;
    for (int64_t j = 0; j < a.m; ++j) {
      const int64_t k = indices[j * a.inner];
      if (inside(k, a.n)) out[k * a.inner] = out[k * a.inner] + x[j * a.inner];
    }
  }
};

template <class Body>
void queue_threads(const AlongArgs& a, int64_t threads, bool look, void* stream) {
  const int64_t blocks = (look ? 0 : 1) + (threads + kLookers - 1) / kLookers;
  gpu::queue<Body>({a, gpu::Divider(a.inner), gpu::Divider(a.m * a.inner), look},
                   {blocks, kLookers, kLookersBytes}, stream);
}

template <class Index, class T>
void queue_take(const void* bytes, const Team& team) {
  const auto& a = *static_cast<const AlongArgs*>(bytes);
  const int64_t taken = a.outer * a.m * a.inner;
  queue_threads<Take<Index, T>>(a, taken, threads_look(taken, a.wrong, team.sync), team.sync);
}
template <class Index, class T>
void queue_add(const void* bytes, const Team& team) {
  const auto& a = *static_cast<const AlongArgs*>(bytes);
  if (a.scratch) {
    const Named<Index> named = {static_cast<const Index*>(a.indices), a.n, a.outer * a.n * a.inner,
                                gpu::Divider(a.m * a.inner), gpu::Divider(a.inner)};
    return add_sorted<Index, T>(named, a.outer * a.m * a.inner, 1, a.x, a.out, a.wrong, a.scratch,
                                team.sync);
  }
  queue_threads<Add<Index, T>>(a, a.outer * a.inner, false, team.sync);
}

}  // namespace

const AlongKernels along_kernels = {
    .take = {{{&queue_take<int32_t, uint8_t>},
              {&queue_take<int32_t, uint32_t>},
              {&queue_take<int32_t, uint64_t>}},
             {{&queue_take<int64_t, uint8_t>},
              {&queue_take<int64_t, uint32_t>},
              {&queue_take<int64_t, uint64_t>}}},
    .add = {{{&queue_add<int32_t, float>}, {&queue_add<int32_t, double>}},
            {{&queue_add<int64_t, float>}, {&queue_add<int64_t, double>}}},
};

}  // namespace mark1::cuda
