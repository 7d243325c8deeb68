// The definition of adam: the formula, one element after the other.
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
    for (int64_t i = range.begin; i < range.end; ++i) {
      Vec<T> p = static_cast<T*>(row.value)[i];
      Vec<T> m = static_cast<T*>(row.slots[0])[i];
      Vec<T> v = static_cast<T*>(row.slots[1])[i];
      adam(static_cast<const T*>(row.gradient)[i], p, m, v);
      static_cast<T*>(row.value)[i] = p.v;
      static_cast<T*>(row.slots[0])[i] = m.v;
      static_cast<T*>(row.slots[1])[i] = v.v;
    }
  });
}

}  // namespace

const AdamKernels adam_kernels = {make_kernel<AdamArgs, &update>()};

}  // namespace MARK1_ISA
}  // namespace mark1
