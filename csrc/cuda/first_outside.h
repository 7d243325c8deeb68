// The first index out of range, found by one block of a grid that meanwhile uses the indices.
#pragma once

#include "cuda/block.h"
#include "simd/indices.h"

namespace mark1::cuda {
namespace {

constexpr int kLookers = 256;
constexpr int64_t kLookersBytes = kLookers * int64_t{sizeof(int64_t)};

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
