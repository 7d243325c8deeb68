// The definition of cumsum: a chain of additions.
#include "ops/cumsum/cumsum.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CumsumKernels cumsum_kernels;

namespace {

template <class T>
void cumsum(const CumsumArgs& args, const Team& team) {
  const Range chains = static_range(args.outer * args.columns, 1, team);
  for (int64_t chain = chains.begin; chain < chains.end; ++chain) {
    const int64_t start = chain / args.columns * args.n * args.columns + chain % args.columns;
    const T* x = static_cast<const T*>(args.x) + start;
    T* out = static_cast<T*>(args.out) + start;
    for (int64_t i = 0; i < args.n; ++i) {
      const int64_t at = (args.reverse ? args.n - 1 - i : i) * args.columns;
      const int64_t before = args.reverse ? at + args.columns : at - args.columns;
      out[at] = i == 0 ? x[at] : out[before] + x[at];
    }
  }
}

}  // namespace

const CumsumKernels cumsum_kernels = {
    {make_kernel<CumsumArgs, &cumsum<float>>(), make_kernel<CumsumArgs, &cumsum<double>>()}};

}  // namespace MARK1_ISA
}  // namespace mark1
