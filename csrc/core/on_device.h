// Marks functions that kernels call, because a device may run them. Reference kernels are compiled
// for devices as they stand (cuda/grid.h), so this is on everything that they are made of.
#pragma once

#if defined(__CUDACC__)
#define MARK1_DEVICE __device__
#define MARK1_KNOWN(value) false
#else
#define MARK1_DEVICE
// Whether the compiler knows the value where it compiles this.
#define MARK1_KNOWN(value) __builtin_constant_p(value)
#endif

namespace mark1 {
namespace {

// A hint that devices do without.
MARK1_DEVICE inline void fetch_ahead(const void* address) {
#if defined(__CUDACC__)
  static_cast<void>(address);
#else
  __builtin_prefetch(address);
#endif
}

}  // namespace
}  // namespace mark1
