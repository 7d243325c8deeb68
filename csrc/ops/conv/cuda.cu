// Convolutions on a device: tiles of a product whose left operand is the matrix of patches, which
// is fetched from where its elements lie. A gradient of the filter, whose sums are long and outputs
// few, is made in parts, which a second grid adds up in order.
#include "ops/conv/single.cuh"
#include "ops/conv/tiles.cuh"
#include "ops/gemm/plan.h"

namespace mark1::cuda {
namespace {

// Many outputs want broad tiles, few want narrow ones; filters of first layers are small.
template <class T>
struct ShapesOf {
  using List = Shapes<TileShape<T, 128, 128, 8, 8, 8, 4>, TileShape<T, 128, 64, 8, 8, 8, 4>,
                      TileShape<T, 64, 64, 8, 8, 8, 4>, TileShape<T, 128, 32, 8, 8, 8, 4>,
                      TileShape<T, 32, 32, 16, 4, 4, 3>>;
};
template <>
struct ShapesOf<double> {
  using List = Shapes<DoubleShape<128, 128, 4, 4, 3>, DoubleShape<64, 64, 2, 4, 4>,
                      TileShape<double, 64, 64, 8, 8, 8, 3>, TileShape<double, 128, 32, 8, 8, 8, 3>,
                      TileShape<double, 32, 32, 16, 4, 4, 3>>;
};

constexpr int64_t kMostWorkspace = int64_t{64} << 20;
// Fewer outputs than that of a group would leave most of a tile idle.
constexpr int64_t kLeastOutputs = 8;

// False where numbers of 32 bits might be too small.
bool make_patches(const ConvWindows& w, Patches* p) {
  constexpr int64_t most = 1 << 28;
  p->source = w.source;
  p->taps[3] = static_cast<int32_t>(w.channels);
  int64_t stride = w.groups * w.channels, windows = w.batch, terms = w.channels;
  bool fits = stride < most && w.batch < most;
  for (int i = kConvAxes - 1; i >= 0; --i) {
    const ConvAxis& axis = w.axis[i];
    for (const int64_t number : {axis.size, axis.windows, axis.step, axis.windows * axis.step,
                                 axis.first, axis.taps * axis.tap, axis.tap}) {
      fits = fits && number < most && number > -most;
    }
    p->size[i] = static_cast<int32_t>(axis.size);
    p->windows[i + 1] = static_cast<int32_t>(axis.windows);
    p->first[i] = static_cast<int32_t>(axis.first);
    p->step[i] = static_cast<int32_t>(axis.step);
    p->taps[i] = static_cast<int32_t>(axis.taps > 0 ? axis.taps : 1);
    p->tap[i] = static_cast<int32_t>(axis.tap);
    p->stride[i] = stride;
    stride *= axis.size;
    windows = fits ? windows * axis.windows : most;
    terms = fits ? terms * axis.taps : most;
    fits = fits && windows < most && terms < most;
  }
  p->image = stride;
  return fits;
}

int64_t taps_of(const ConvWindows& w) {
  return w.axis[0].taps * w.axis[1].taps * w.axis[2].taps;
}
// The host's count_windows().
int64_t all_windows(const ConvWindows& w) {
  return w.batch * w.axis[0].windows * w.axis[1].windows * w.axis[2].windows;
}
bool is_narrow(const ConvWindows& w, int64_t outputs) {
  return w.groups > 1 && outputs < kLeastOutputs;
}

Product product_of(const ConvArgs& a) {
  return {a.windows.groups, all_windows(a.windows), a.outputs,
          taps_of(a.windows) * a.windows.channels, sizeof(Spot)};
}
Product product_of(const ConvFilterArgs& a) {
  return {a.windows.groups, taps_of(a.windows) * a.windows.channels, a.outputs,
          all_windows(a.windows), sizeof(Spot)};
}
template <class T, class Args>
Plan plan_of(const Args& a) {
  return ShapesOf<T>::List::plan(product_of(a), kMostWorkspace, units_for<T>());
}

template <class T>
int64_t product_bytes(const ConvArgs& a, int) {
  Patches patches;
  if (is_narrow(a.windows, a.outputs) || !make_patches(a.windows, &patches)) return 0;
  return slot_bytes<T>(product_of(a), plan_of<T>(a));
}
template <class T>
int64_t filter_bytes(const ConvFilterArgs& a, int) {
  Patches patches;
  if (!make_patches(a.windows, &patches)) return 0;
  const Product product = product_of(a);
  if (!is_narrow(a.windows, a.outputs)) return slot_bytes<T>(product, plan_of<T>(a));
  Plan plan;
  plan.slots = parts(product.k, kGemmChunk);
  return plan.slots > 1 ? slot_bytes<T>(product, plan) : 0;
}

// Queues tiles by a plan; returns the slots that are to be added up.
template <template <class> class Body, class T, class Args>
Slots queue_tiles(const Args& conv, const auto& make_args, void* stream) {
  const Product p = product_of(conv);
  const Plan plan = plan_of<T>(conv);
  ShapesOf<T>::List::with(plan.shape, [&]<class Shape>(Shape) {
    const Division d = {p.m,
                        p.n,
                        p.k,
                        p.count,
                        parts(p.m, Shape::rows),
                        parts(p.n, Shape::columns),
                        plan.slots,
                        plan.terms,
                        plan.share};
    const int64_t shares = plan.slots ? parts(plan.slots, plan.share) : 1;
    gpu::queue<Body<Shape>>(
        make_args(d),
        {shares * p.count * d.tile_rows * d.tile_columns, Shape::threads, p.shared_bytes<Shape>()},
        stream);
  });
  return {conv.workspace, plan.slots, plan.terms, p.count * p.m * p.n};
}

// Whether a run of channels can be read and written at once.
template <int kRun, class T>
bool in_runs(const ConvArgs& a) {
  const auto aligned = [](const void* p) { return reinterpret_cast<uintptr_t>(p) % 16 == 0; };
  bool fits = a.windows.groups % kRun == 0 && a.y_batch % kRun == 0;
  for (int i = 0; i < kConvAxes; ++i) {
    fits = fits && a.y_window[i] % kRun == 0 && a.w_tap[i] % kRun == 0;
  }
  return fits && aligned(a.windows.source) && aligned(a.w) && aligned(a.y);
}

template <class T>
void queue_product(const void* bytes, const Team& team) {
  const ConvArgs& a = *static_cast<const ConvArgs*>(bytes);
  const ConvWindows& w = a.windows;
  const int64_t windows = all_windows(w), taps = taps_of(w);
  Patches patches;
  const bool fits = make_patches(w, &patches);
  if (fits && !is_narrow(w, a.outputs)) {
    // Whether taps follow one another as channels do.
    bool matrix = true;
    int64_t step = a.w_channel * w.channels;
    for (int i = kConvAxes - 1; i >= 0; --i) {
      matrix = matrix && a.w_tap[i] == step;
      step *= w.axis[i].taps;
    }
    const auto make_args = [&](const Division& d) { return ProductArgs{a, patches, d, matrix}; };
    const Slots slots = queue_tiles<Products, T>(a, make_args, team.sync);
    if (slots.slots == 0) return;
    queue_sums<AddProducts<T>>({a, slots}, team.sync);
    return;
  }
  const bool depthwise = w.channels == 1 && a.outputs == 1 && a.w_group == 1 && taps > 0;
  if (!fits || !depthwise || taps > kGemmChunk) {
    const int64_t outputs = windows * w.groups * a.outputs;
    return gpu::queue<SingleProducts<T>>(a, threads_for(outputs), team.sync);
  }
  constexpr int run = 16 / sizeof(T);
  const DepthwiseArgs args = {a, patches, windows};
  if (in_runs<run, T>(a)) {
    gpu::queue<Depthwise<T, run>>(args, threads_for(windows * (w.groups / run)), team.sync);
  } else {
    gpu::queue<Depthwise<T, 1>>(args, threads_for(windows * w.groups), team.sync);
  }
}

// conv.cpp never asks a device for db, nor for the gradient of a pool's results.
template <class T>
void queue_filter(const void* bytes, const Team& team) {
  const ConvFilterArgs& a = *static_cast<const ConvFilterArgs*>(bytes);
  const Product p = product_of(a);
  T* dw = static_cast<T*>(a.dw);
  Patches patches;
  if (!make_patches(a.windows, &patches)) {
    gpu::queue<SingleFilters<T>>(a, threads_for(p.count * p.m * p.n), team.sync);
  } else if (!is_narrow(a.windows, a.outputs)) {
    const auto make_args = [&](const Division& d) { return FilterArgs{a, patches, d}; };
    const Slots slots = queue_tiles<Filters, T>(a, make_args, team.sync);
    if (slots.slots == 0) return;
    queue_sums<AddFilters<T>>({dw, p.m, p.n, p.count, slots}, team.sync);
  } else {
    const int64_t outputs = p.count * p.m * p.n, chunks = parts(p.k, kGemmChunk);
    const Slots slots = {chunks > 1 ? a.workspace : a.dw, chunks > 1 ? chunks : 1, kGemmChunk,
                         outputs};
    gpu::queue<GroupedFilters<T>>({a, patches, p.k, p.m, slots}, threads_for(slots.slots * outputs),
                                  team.sync);
    if (chunks <= 1) return;
    queue_sums<AddFilters<T>>({dw, p.m, p.count * p.n, 1, slots}, team.sync);
  }
}

}  // namespace

extern const ConvKernels conv_kernels;
const ConvKernels conv_kernels = {
    {{&queue_product<float>}, {&queue_product<double>}},
    {{&queue_filter<float>}, {&queue_filter<double>}},
    {&product_bytes<float>, &product_bytes<double>},
    {&filter_bytes<float>, &filter_bytes<double>},
};

}  // namespace mark1::cuda
