// On a device all threads look at labels; whoever finds a bad one says where, and the smallest
// place wins.
#pragma once

#include "ops/cross_entropy/labels.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

constexpr int kLabelThreads = 256;
// One block writes -1 and looks; more need a kernel before them that writes it.
constexpr int64_t kLabelsOfOne = 16 * kLabelThreads;
constexpr int64_t kMostLabelBlocks = 256;  // each reads some 10 GB/s, together what memory gives

struct NoWrongLabel {
  struct Args {
    int64_t* wrong;
  };
  static constexpr bool alone = true;
  static MARK1_DEVICE void run(const Args& args, const gpu::Block&) { *args.wrong = -1; }
};

template <class T, bool kOneBlock>
struct FindWrongLabel {
  using Args = LabelArgs;
  static constexpr bool alone = !kOneBlock;
  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    if (kOneBlock) {
      if (block.thread() == 0) *args.wrong = -1;
      block.sync();
    }
    const T* labels = static_cast<const T*>(args.labels);
    const int64_t step = block.blocks() * block.threads();
    const int64_t first = block.index() * block.threads() + block.thread();
    for (int64_t i = first; i < args.n; i += step) {
      if (is_class(labels[i], args.classes)) continue;
      gpu::atomic_min(args.wrong, i);  // -1 is the largest number without a sign
      return;
    }
  }
};

template <class T>
struct LabelKernel {
  static void queue(const void* bytes, const Team& team) {
    const auto& args = *static_cast<const LabelArgs*>(bytes);
    if (args.n <= kLabelsOfOne) {
      gpu::queue<FindWrongLabel<T, true>>(args, {1, kLabelThreads, 0}, team.sync);
      return;
    }
    const int64_t blocks = (args.n + kLabelsOfOne - 1) / kLabelsOfOne;
    gpu::queue<NoWrongLabel>({args.wrong}, {1, 1, 0}, team.sync);
    gpu::queue<FindWrongLabel<T, false>>(
        args, {blocks < kMostLabelBlocks ? blocks : kMostLabelBlocks, kLabelThreads, 0}, team.sync);
  }
};

template <class T>
constexpr Kernel<LabelArgs> label_kernel() {
  Kernel<LabelArgs> kernel = {};
  kernel.run = &LabelKernel<T>::queue;
  return kernel;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
