// The first index out of range, found by a grid that meanwhile uses the indices: by one block of
// it, or, where there are many, by the threads that use them.
#pragma once

#include "cuda/block.h"
#include "simd/indices.h"

namespace mark1::cuda {
namespace {

constexpr int kLookers = 256;
constexpr int64_t kLookersBytes = kLookers * int64_t{sizeof(int64_t)};

// So many take the block as long as a grid before it would, which clears *wrong.
constexpr int64_t kOneBlockLooks = 16 * kLookers;

struct NothingWrong {
  static constexpr bool alone = true;
  struct Args {
    int64_t* wrong;
  };
  static MARK1_DEVICE void run(const Args& args, const gpu::Block&) { *args.wrong = -1; }
};

// Whether threads are to look at what they use: *wrong, cleared here, becomes the least position
// that one of them names.
inline bool threads_look(int64_t count, int64_t* wrong, const void* to) {
  if (!wrong || count <= kOneBlockLooks) return false;
  gpu::queue<NothingWrong>({wrong}, {1, 1, 0}, to);
  return true;
}

// Leaves its position in *wrong, -1 if there is none; does nothing without. Shared memory:
// kLookersBytes.
template <class Index>
MARK1_DEVICE inline void look_for_wrong(const gpu::Block& block, const void* indices, int64_t count,
                                        int64_t rows, int64_t* wrong) {
  if (!wrong) return;
  const auto* all = static_cast<const Index*>(indices);
  auto* found = block.shared<int64_t>();
  int64_t i = block.thread();
  while (i < count && inside(all[i], rows)) i += kLookers;
  found[block.thread()] = i;
  block.sync();
  if (block.thread() != 0) return;
  for (int other = 1; other < kLookers; ++other) i = found[other] < i ? found[other] : i;
  *wrong = i < count ? i : -1;
}

}  // namespace
}  // namespace mark1::cuda
