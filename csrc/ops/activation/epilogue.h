// The activation at the end of another operation's kernel.
#pragma once

#include "ops/activation/activation.h"

#if defined(MARK1_ISA_cuda)
#include "ops/activation/by_index.h"
#endif

namespace mark1::MARK1_ISA {
namespace {

// y = f(y) for n outputs side by side; f may be null. On a device, where it cannot be called, f is
// a number: one more than its place in the list.
template <class T>
MARK1_DEVICE inline void finish_row(ActivationRows f, T* y, int64_t n, double alpha) {
  if (!f) return;
#if defined(MARK1_ISA_cuda)
  ActivationArgs args = {};
  args.saved = args.out = y;
  args.n = n;
  args.parameters.alpha = alpha;
  run_activation<T>(static_cast<int>(reinterpret_cast<intptr_t>(f)) - 1, false, args);
#else
  f(y, n, 1, n, alpha);
#endif
}

}  // namespace
}  // namespace mark1::MARK1_ISA
