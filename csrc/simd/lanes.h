// The lanes that plain.h counts on: one, or on a device with MARK1_WARPS the 32 threads of a warp,
// each of which holds one lane of every vector and runs the same code.
#pragma once

#include <cstdint>

#include "core/on_device.h"

#if defined(MARK1_WARPS)
#include "cuda/block.h"
#endif

namespace mark1::MARK1_ISA {
namespace {

#if defined(MARK1_WARPS)

inline constexpr int kLanes = 32;

MARK1_DEVICE inline int lane() {
  return gpu::lane();
}
// What the lane `by` further on holds; anything at the end.
template <class T>
MARK1_DEVICE inline T of_lane_after(T value, int by) {
  return gpu::shuffle_down(value, by);
}
template <class T>
MARK1_DEVICE inline T of_lane(T value, int lane) {
  return gpu::shuffle(value, lane);
}
// Bit i: lane i.
MARK1_DEVICE inline uint32_t ballot(bool mine) {
  return gpu::ballot(mine);
}

#else

inline constexpr int kLanes = 1;

MARK1_DEVICE inline int lane() {
  return 0;
}
template <class T>
MARK1_DEVICE inline T of_lane_after(T value, int) {
  return value;
}
template <class T>
MARK1_DEVICE inline T of_lane(T value, int) {
  return value;
}
MARK1_DEVICE inline uint32_t ballot(bool mine) {
  return mine;
}

#endif

// Whether this thread writes element i of a row, where all lanes know what it is: the one that
// stores it with a vector.
MARK1_DEVICE inline bool writes(int64_t i) {
  return lane() == i % kLanes;
}

}  // namespace
}  // namespace mark1::MARK1_ISA
