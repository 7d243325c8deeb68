// The definition of dropout: one word per element.
#include "math/philox.h"
#include "ops/dropout/dropout.h"
#include "ops/random/random.h"

namespace mark1 {
namespace MARK1_ISA {

extern const DropoutKernels dropout_kernels;

namespace {

template <class T>
MARK1_DEVICE void dropout(const DropoutArgs& args, const Team& team) {
  const Philox philox{uint64_t(args.state[0]), kDropoutStream, uint32_t(uint64_t(args.state[1]))};
  const T* x = static_cast<const T*>(args.x);
  const T scale = T(args.scale);
  const Range range = static_range(args.n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    uint32_t words[4];
    philox.words(uint64_t(i) / 4, words);
    static_cast<T*>(args.out)[i] = words[i % 4] >= args.threshold ? x[i] * scale : T(0);
  }
}

}  // namespace

const DropoutKernels dropout_kernels = {{
    make_kernel<DropoutArgs, &dropout<float>>(),
    make_kernel<DropoutArgs, &dropout<double>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
