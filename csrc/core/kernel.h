// What a kernel is: a function that every member of a team calls with the same plain arguments.
// Included by per-ISA files: declarations and internal code only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/on_device.h"

namespace mark1 {

// The threads that run one kernel together. A team of one never waits.
struct Team {
  int rank = 0;
  int size = 1;
  void* sync = nullptr;

  // Waits for the whole team; a no-op in a team of one. Defined in core/thread_pool.cpp, for
  // devices in cuda/grid.h.
  MARK1_DEVICE void barrier() const;
};

// A kernel over arguments of type Args, which must be trivially copyable: a program records their
// bytes and replays them later. It splits the work by team rank, never allocates, never throws.
template <class Args>
struct Kernel {
  void (*run)(const void* args, const Team& team);
};

struct Range {
  int64_t begin;
  int64_t end;
};

namespace {

#if !defined(MARK1_ISA_cuda)
// Turns a typed kernel function into a table entry: `make_kernel<AddArgs, &add_f32>()`.
template <class Args, void (*function)(const Args&, const Team&)>
void run_erased(const void* args, const Team& team) {
  function(*static_cast<const Args*>(args), team);
}

template <class Args, void (*function)(const Args&, const Team&)>
constexpr Kernel<Args> make_kernel() {
  return {&run_erased<Args, function>};
}

// For functions whose members wait at team.barrier(): a device must have them all at once.
template <class Args, void (*function)(const Args&, const Team&)>
constexpr Kernel<Args> make_meeting_kernel() {
  return make_kernel<Args, function>();
}
#endif

// This member's share of n items, cut at multiples of grain so that shares begin aligned.
MARK1_DEVICE inline Range static_range(int64_t n, int64_t grain, const Team& team) {
#if defined(MARK1_ISA_cuda) && !defined(MARK1_WARPS)
  grain = 1;  // neighbours read what lies side by side
#endif
  const int64_t blocks = (n + grain - 1) / grain;
  const int64_t begin = blocks * team.rank / team.size * grain;
  const int64_t end = blocks * (team.rank + 1) / team.size * grain;
  return {begin < n ? begin : n, end < n ? end : n};
}

}  // namespace

}  // namespace mark1

#if defined(MARK1_ISA_cuda)
#include "cuda/grid.h"
#endif
