// adam by the vector. Root and division take all the time in cache, memory beyond it.
#include "ops/adam/formula.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AdamKernels adam_kernels;

namespace {

void update(const AdamArgs& args, const Team& team) {
  const double a = step_size(args, advance_iterations(args.iterations, team));
  walk_segments(args.rows, args.count, team, [&](const Segment& row, Range range, auto element) {
    using T = decltype(element);
    const Adam<T> adam(args, a);
    T* value = static_cast<T*>(row.value);
    T* momentum = static_cast<T*>(row.slots[0]);
    T* velocity = static_cast<T*>(row.slots[1]);
    const T* gradient = static_cast<const T*>(row.gradient);
    for_each_vector<T>(range, [=](int64_t i, int count) {
      Vec<T> p = Vec<T>::load(value + i, count);
      Vec<T> m = Vec<T>::load(momentum + i, count);
      Vec<T> v = Vec<T>::load(velocity + i, count);
      adam(Vec<T>::load(gradient + i, count), p, m, v);
      p.store(value + i, count);
      m.store(momentum + i, count);
      v.store(velocity + i, count);
    });
  });
}

}  // namespace

const AdamKernels adam_kernels = {make_kernel<AdamArgs, &update>()};

}  // namespace MARK1_ISA
}  // namespace mark1
