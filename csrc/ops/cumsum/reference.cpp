// The definition of cumsum, cumprod and recurrence: a chain of steps.
#include "ops/cumsum/steps.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class Step, class T>
MARK1_DEVICE void scan(const CumsumArgs& args, const Team& team) {
  const Range chains = static_range(args.outer * args.columns, 1, team);
  for (int64_t chain = chains.begin; chain < chains.end; ++chain) {
    const int64_t start = chain / args.columns * args.n * args.columns + chain % args.columns;
    const T* x = static_cast<const T*>(args.x) + start;
    const T* factors = Step::has_factors ? static_cast<const T*>(args.factors) + start : x;
    T* out = static_cast<T*>(args.out) + start;
    for (int64_t i = 0; i < args.n; ++i) {
      const int64_t at = (args.reverse ? args.n - 1 - i : i) * args.columns;
      const int64_t before = args.reverse ? at + args.columns : at - args.columns;
      out[at] = i == 0 ? x[at]
                       : first(Step::next(Vec<T>(out[before]), Vec<T>(x[at]), Vec<T>(factors[at])));
    }
  }
}

}  // namespace

const CumsumKernels cumsum_kernels = MARK1_SCANS(scan);

}  // namespace MARK1_ISA
}  // namespace mark1
