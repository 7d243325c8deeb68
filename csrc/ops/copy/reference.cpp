// The definition of copy: one element after the other. paste is the same loop everywhere.
#include "ops/copy/paste.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CopyKernels copy_kernels;

namespace {

template <class T>
MARK1_DEVICE void copy(const CopyArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  int64_t n = 1;
  for (int axis = 0; axis < args.rank; ++axis) n *= args.shape[axis];
  const Range range = static_range(n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    int64_t offset = 0;
    for (int64_t axis = args.rank - 1, rest = i; axis >= 0; --axis) {
      offset += rest % args.shape[axis] * args.strides[axis];
      rest /= args.shape[axis];
    }
    out[i] = x[offset];
  }
}

}  // namespace

const CopyKernels copy_kernels = {
    .copy = {make_kernel<CopyArgs, &copy<uint8_t>>(), make_kernel<CopyArgs, &copy<uint32_t>>(),
             make_kernel<CopyArgs, &copy<uint64_t>>()},
    .paste = {make_meeting_kernel<CopyArgs, &paste<uint8_t>>(),
              make_meeting_kernel<CopyArgs, &paste<uint32_t>>(),
              make_meeting_kernel<CopyArgs, &paste<uint64_t>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1
