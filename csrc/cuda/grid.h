// Kernels that are written for a team, on a device: every thread of a grid is a member. This is how
// the reference kernels run there, which makes them the first device variant of every operation.
// Included by core/kernel.h.
#pragma once

#include "cuda/block.h"

namespace mark1 {

#if defined(MARK1_EMULATION)
inline void Team::barrier() const {
  const auto* block = static_cast<const gpu::Block*>(sync);
  block->together() ? block->meet() : block->sync();
}
#else
// `sync` is not null in a grid that runs together.
__device__ inline void Team::barrier() const {
  sync ? gpu::Block().meet() : gpu::Block().sync();
}
#endif

namespace {

inline constexpr int kBlockThreads = 128;
inline constexpr int kMeetingThreads = 256, kMeetingBlocks = 2;
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
    bool together;
  };
  static MARK1_DEVICE void run(const Args& it, const gpu::Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    const int64_t rank = thread / kMemberThreads;
    const Team team{static_cast<int>(rank), it.members,
#if defined(MARK1_EMULATION)
                    const_cast<gpu::Block*>(&block)};
#else
                    it.together ? const_cast<gpu::Block*>(&block) : nullptr};
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
  gpu::queue<Member<A, function, false>>({*static_cast<const A*>(args), members, false},
                                         threads_for(int64_t{members} * kMemberThreads), team.sync);
}

// Members that wait for each other are a block, or whole blocks that a device has at once; others
// could wait for ever. To meet takes blocks about a microsecond, so a few are not worth it.
template <class A, void (*function)(const A&, const Team&)>
void queue_meeting(const void* args, const Team& team) {
  using Body = Member<A, function, true>;
  constexpr int block = kMeetingThreads / kMemberThreads;
  const int wanted = members_for(team), blocks = wanted / block;
  const A& given = *static_cast<const A*>(args);
  if (blocks < kMeetingBlocks) {
    const int members = wanted < block ? wanted : block;
    return gpu::queue<Body>({given, members, false}, {1, members * kMemberThreads, 0}, team.sync);
  }
  const auto most = static_cast<int>(gpu::most_together<Body>(kMeetingThreads));
  const int together = blocks < most ? blocks : most;
  gpu::queue<Body>({given, together * block, true}, {together, kMeetingThreads, 0, true},
                   team.sync);
}

template <class Args, void (*function)(const Args&, const Team&)>
constexpr Kernel<Args> make_kernel() {
  return {&queue_members<Args, function>};
}
template <class Args, void (*function)(const Args&, const Team&)>
constexpr Kernel<Args> make_meeting_kernel() {
  return {&queue_meeting<Args, function>};
}

}  // namespace
}  // namespace mark1
