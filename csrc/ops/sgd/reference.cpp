// The definition of sgd: the formula, one element after the other.
#include "ops/sgd/formula.h"

namespace mark1 {
namespace MARK1_ISA {

extern const SgdKernels sgd_kernels;

namespace {

template <SgdForm form>
void update(const SgdArgs& args, const Team& team) {
  advance_iterations(args.iterations, team);
  walk_segments(args.rows, args.count, team, [&](const Segment& row, Range range, auto element) {
    using T = decltype(element);
    const Sgd<form, T> sgd(args);
    for (int64_t i = range.begin; i < range.end; ++i) {
      Vec<T> p = static_cast<T*>(row.value)[i];
      Vec<T> m = form == SgdForm::kPlain ? T(0) : static_cast<T*>(row.slots[0])[i];
      sgd(static_cast<const T*>(row.gradient)[i], p, m);
      static_cast<T*>(row.value)[i] = p.v;
      if (form != SgdForm::kPlain) static_cast<T*>(row.slots[0])[i] = m.v;
    }
  });
}

}  // namespace

const SgdKernels sgd_kernels = {{
    make_kernel<SgdArgs, &update<SgdForm::kPlain>>(),
    make_kernel<SgdArgs, &update<SgdForm::kMomentum>>(),
    make_kernel<SgdArgs, &update<SgdForm::kNesterov>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
