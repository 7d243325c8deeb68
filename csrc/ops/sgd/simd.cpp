// sgd by the vector.
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
    T* value = static_cast<T*>(row.value);
    T* momentum = static_cast<T*>(row.slots[0]);
    const T* gradient = static_cast<const T*>(row.gradient);
    for_each_vector<T>(range, [=](int64_t i, int count) {
      Vec<T> p = Vec<T>::load(value + i, count);
      Vec<T> m = form == SgdForm::kPlain ? Vec<T>(0) : Vec<T>::load(momentum + i, count);
      sgd(Vec<T>::load(gradient + i, count), p, m);
      p.store(value + i, count);
      if constexpr (form != SgdForm::kPlain) m.store(momentum + i, count);
    });
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
