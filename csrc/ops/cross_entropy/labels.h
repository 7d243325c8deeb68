// Whether labels are class numbers.
#pragma once

#include "ops/cross_entropy/cross_entropy.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// One member looks at all, in order.
template <class T>
MARK1_DEVICE void wrong_label(const LabelArgs& args, const Team& team) {
  if (team.rank != 0) return;
  const T* label = static_cast<const T*>(args.labels);
  *args.wrong = -1;
  for (int64_t i = 0; i < args.n; ++i) {
    const T value = label[i];
    // Phrased so that NaN fails.
    if (value >= T(0) && value < static_cast<double>(args.classes) &&
        static_cast<T>(static_cast<int64_t>(value)) == value) {
      continue;
    }
    *args.wrong = i;
    return;
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
