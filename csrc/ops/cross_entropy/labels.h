// Whether labels are class numbers.
#pragma once

#include "ops/cross_entropy/cross_entropy.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Phrased so that NaN fails.
template <class T>
MARK1_DEVICE inline bool is_class(T label, int64_t classes) {
  return label >= T(0) && label < static_cast<double>(classes) &&
         static_cast<T>(static_cast<int64_t>(label)) == label;
}

#if !defined(MARK1_ISA_cuda)
// One member looks at all, in order.
template <class T>
void wrong_label(const LabelArgs& args, const Team& team) {
  if (team.rank != 0) return;
  const T* label = static_cast<const T*>(args.labels);
  *args.wrong = -1;
  for (int64_t i = 0; i < args.n; ++i) {
    if (is_class(label[i], args.classes)) continue;
    *args.wrong = i;
    return;
  }
}

template <class T>
constexpr Kernel<LabelArgs> label_kernel() {
  return make_kernel<LabelArgs, &wrong_label<T>>();
}
#endif

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
