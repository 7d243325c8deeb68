// The definition of cumsum, cumprod and recurrence: element after element.
#include "ops/cumsum/steps.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <template <class> class Chain, class T>
MARK1_DEVICE void scan(const CumsumArgs& args, const Team& team) {
  const Range chains = static_range(args.outer * args.columns, 1, team);
  for (int64_t c = chains.begin; c < chains.end; ++c) {
    const int64_t start = c / args.columns * args.n * args.columns + c % args.columns;
    const T* x = static_cast<const T*>(args.x) + start;
    const T* factors = Chain<T>::has_factors ? static_cast<const T*>(args.factors) + start : x;
    T* out = static_cast<T*>(args.out) + start;
    Chain<T> chain;
    for (int64_t i = 0; i < args.n; ++i) {
      const int64_t at = (args.reverse ? args.n - 1 - i : i) * args.columns;
      out[at] = chain.take(i, x[at], factors[at]);
    }
  }
}

template <template <class> class Chain, class T>
struct Run {
  static constexpr Kernel<CumsumArgs> kernel = make_kernel<CumsumArgs, &scan<Chain, T>>();
};

}  // namespace

const CumsumKernels cumsum_kernels = scans<Run>();

}  // namespace MARK1_ISA
}  // namespace mark1
