// pick and place on a device: a thread for each element of what is written.
#include "cuda/divider.h"
#include "ops/pick/pick.h"

namespace mark1::cuda {

extern const PickKernels pick_kernels;

namespace {

struct PlacedArgs {
  PickArgs pick;
  gpu::Divider n;
};

template <class T>
struct Pick {
  static constexpr bool alone = true;
  using Args = PlacedArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const PickArgs& a = args.pick;
    const int64_t row = block.index() * block.threads() + block.thread();
    if (row >= a.rows) return;
    static_cast<T*>(a.out)[row] = static_cast<const T*>(a.x)[row * a.n + a.index[row]];
  }
};

template <class T>
struct Place {
  static constexpr bool alone = true;
  using Args = PlacedArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const PickArgs& a = args.pick;
    const int64_t at = block.index() * block.threads() + block.thread();
    const int64_t row = args.n.template quotient<false>(at);
    if (row >= a.rows) return;
    const bool picked = at - row * a.n == a.index[row];
    static_cast<T*>(a.out)[at] = picked ? static_cast<const T*>(a.x)[row] : T(0);
  }
};

template <class T>
void queue_pick(const void* bytes, const Team& team) {
  const auto& a = *static_cast<const PickArgs*>(bytes);
  if (a.rows > 0) gpu::queue<Pick<T>>({a, gpu::Divider(a.n)}, threads_for(a.rows), team.sync);
}
template <class T>
void queue_place(const void* bytes, const Team& team) {
  const auto& a = *static_cast<const PickArgs*>(bytes);
  const int64_t elements = a.rows * a.n;
  if (elements > 0) gpu::queue<Place<T>>({a, gpu::Divider(a.n)}, threads_for(elements), team.sync);
}

}  // namespace

const PickKernels pick_kernels = {
    .pick = {{&queue_pick<float>}, {&queue_pick<double>}},
    .place = {{&queue_place<float>}, {&queue_place<double>}},
};

}  // namespace mark1::cuda
