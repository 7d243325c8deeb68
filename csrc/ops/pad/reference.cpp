// The definition of pad: where does each element come from?
#include "ops/pad/places.h"

namespace mark1 {
namespace MARK1_ISA {

extern const PadKernels pad_kernels;

namespace {

template <class T>
MARK1_DEVICE void pad(const PadArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  int64_t n = args.block;
  for (int a = 0; a < args.rank; ++a) n *= args.before[a] + args.shape[a] + args.after[a];
  const Range range = static_range(n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    int64_t offset = i % args.block;
    int64_t stride = args.block;
    int64_t rest = i / args.block;
    for (int a = args.rank - 1; a >= 0 && offset >= 0; --a) {
      const int64_t size = args.before[a] + args.shape[a] + args.after[a];
      const int64_t at = source(args.mode, rest % size, args.before[a], args.shape[a]);
      offset = at < 0 ? -1 : offset + at * stride;
      stride *= args.shape[a];
      rest /= size;
    }
    out[i] = offset < 0 ? static_cast<T>(args.pattern) : x[offset];
  }
}

}  // namespace

const PadKernels pad_kernels = {{
    make_kernel<PadArgs, &pad<uint8_t>>(),
    make_kernel<PadArgs, &pad<uint32_t>>(),
    make_kernel<PadArgs, &pad<uint64_t>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
