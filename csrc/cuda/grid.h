// Kernels that are written for a team, on a device: every thread of a grid is a member. This is how
// the reference kernels run there, which makes them the first device variant of every operation.
// Included by core/kernel.h.
#pragma once

#include "cuda/block.h"

namespace mark1 {

#if defined(MARK1_EMULATION)
inline void Team::barrier() const {
  static_cast<const gpu::Block*>(sync)->sync();
}
#else
__device__ inline void Team::barrier() const {
  __syncthreads();
}
#endif

namespace {

inline constexpr int kBlockThreads = 128;
inline constexpr int kMeetingThreads = 256;
// Threads that are one member together: with MARK1_WARPS a warp, whose lanes are those of vectors.
#if defined(MARK1_WARPS)
inline constexpr int kMemberThreads = 32;
// Elements per thread that make it worth while to have more members.
inline constexpr int kMemberWork = 4;
#else
inline constexpr int kMemberThreads = 1;
inline constexpr int kMemberWork = 1;
#endif

// The grid that has a thread for each of n items, and perhaps some more.
inline gpu::Grid threads_for(int64_t n) {
  return {(n + kBlockThreads - 1) / kBlockThreads, kBlockThreads, 0};
}

template <class A, void (*function)(const A&, const Team&), bool meeting>
struct Member {
  static constexpr bool alone = !meeting && kMemberThreads == 1;
  struct Args {
    A args;
    int members;
  };
  static MARK1_DEVICE void run(const Args& it, const gpu::Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    const int64_t rank = thread / kMemberThreads;
    Team team{static_cast<int>(rank), it.members, nullptr};
#if defined(MARK1_EMULATION)
    team.sync = const_cast<gpu::Block*>(&block);
#endif
    if (rank < it.members) function(it.args, team);
  }
};

inline int members_for(const Team& wanted) {
  constexpr int share = kMemberThreads * kMemberWork;
  return (wanted.size + share - 1) / share;
}

template <class A, void (*function)(const A&, const Team&)>
void queue_members(const void* args, const Team& team) {
  const int members = members_for(team);
  gpu::queue<Member<A, function, false>>({*static_cast<const A*>(args), members},
                                         threads_for(int64_t{members} * kMemberThreads), team.sync);
}

// A block has its members at once; those of different blocks could wait for ever.
template <class A, void (*function)(const A&, const Team&)>
void queue_block(const void* args, const Team& team) {
  constexpr int most = kMeetingThreads / kMemberThreads;
  const int members = members_for(team) < most ? members_for(team) : most;
  gpu::queue<Member<A, function, true>>({*static_cast<const A*>(args), members},
                                        {1, members * kMemberThreads, 0}, team.sync);
}

template <class Args, void (*function)(const Args&, const Team&)>
constexpr Kernel<Args> make_kernel() {
  return {&queue_members<Args, function>};
}
template <class Args, void (*function)(const Args&, const Team&)>
constexpr Kernel<Args> make_meeting_kernel() {
  return {&queue_block<Args, function>};
}

}  // namespace
}  // namespace mark1
