#include "cuda/emulation/clusters.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cuda/emulation/cluster.h"
#include "cuda/emulation/grid.h"
#include "cuda/emulation/order.h"
#include "cuda/emulation/races.h"

namespace mark1::gpu {
namespace {

thread_local Cluster* current = nullptr;

bool has_come(const void* counter, uint32_t count) {
  return *static_cast<const uint32_t*>(counter) >= count;
}

void run_clusters(const Work& work, int size, const void* args, uint64_t order) {
  Cluster cluster(work, size, args);
  const int64_t count = work.shape.blocks / size;
  const Permutation turns(count, order);
  for (int64_t c = 0; c < count; ++c) cluster.run(turns[c], order + static_cast<uint64_t>(c));
}

}  // namespace

void run_in_clusters(const Work& work, int cluster, const void* args, size_t bytes,
                     const Mark1Queue& queue) {
  run_grid_in({&run_clusters, cluster}, work, args, bytes, queue);
}

void wrong(const char* what) {
  std::fprintf(stderr, "emulated grid: %s\n", what);
  std::abort();
}

Cluster::Cluster(const Work& work, int size, const void* args)
    : work_(work), blocks_(static_cast<size_t>(size)) {
  const auto threads = static_cast<size_t>(work.shape.threads);
  for (Member& member : blocks_) {
    member.fibers = std::make_unique<Fibers>(work, args);
    member.operands.resize(threads / 32 * kKept);
  }
}

void Cluster::run(int64_t index, uint64_t order) {
  current = this;
  come_ = 0;
  const int64_t blocks = size();
  for (int64_t b = 0; b < blocks; ++b) {
    Member& member = blocks_[static_cast<size_t>(b)];
    member.products.assign(static_cast<size_t>(work_.shape.threads), {});
    for (WarpOperands& operands : member.operands) operands.number = UINT64_MAX;
    member.fibers->begin(index * blocks + b, order + static_cast<uint64_t>(b));
  }
  for (bool any = true; any; ++order) {
    any = false;
    const Permutation turns(blocks, order);
    for (int64_t b = 0; b < blocks; ++b) {
      any |= blocks_[static_cast<size_t>(turns[b])].fibers->go_on();
    }
    if (!any) any = deliver(order);
  }
  for (const Member& member : blocks_) {
    if (!member.fibers->done()) member.fibers->stuck();
    for (const OpenProducts& products : member.products) {
      if (!products.open.empty()) wrong("a thread ends with products that it has not awaited");
    }
  }
  if (!under_way_.empty()) wrong("a cluster ends with boxes under way");
  current = nullptr;
}

Cluster& Cluster::running() {
  if (!current) wrong("a kernel that was not queued in clusters uses one");
  return *current;
}

uint32_t Cluster::rank() const {
  uint32_t rank = 0;
  while (blocks_[rank].fibers.get() != &Fibers::running()) ++rank;
  return rank;
}

void Cluster::meet() {
  const auto all = static_cast<uint32_t>(work_.shape.threads * size());
  ++come_;
  if (come_ % all == 0) {
    for (const Member& member : blocks_) watch_barrier(member.fibers->index());
  }
  // Nobody meets again before all have met this time.
  Fibers::running().wait_for(&has_come, &come_, (come_ + all - 1) / all * all);
}

OpenProducts& Cluster::products() {
  return blocks_[rank()].products[static_cast<size_t>(Fibers::running().thread())];
}

WarpOperands& Cluster::operands(uint64_t number) {
  const auto warp = static_cast<size_t>(Fibers::running().thread()) / 32;
  return blocks_[rank()].operands[warp * kKept + number % kKept];
}

uint32_t cluster_rank() {
  return Cluster::running().rank();
}

void meet_cluster() {
  Cluster::running().meet();
}

}  // namespace mark1::gpu
