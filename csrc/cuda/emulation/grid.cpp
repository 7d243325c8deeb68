// Runs grids, or writes them down while a graph is made.
#include "cuda/emulation/grid.h"

#include <memory>
#include <utility>

#include "cuda/emulation/fault.h"
#include "cuda/emulation/fibers.h"
#include "cuda/emulation/log.h"
#include "cuda/emulation/order.h"
#include "cuda/emulation/races.h"

namespace mark1::gpu {
namespace {

Kernel* last = nullptr;

thread_local Graph* written = nullptr;
void (*taker)(Graph) = nullptr;
thread_local uint64_t order = 0;
// How often blocks of the grid that runs together have met the others.
thread_local uint32_t met = 0;

// Blocks take turns until all are done.
void run_together(const Work& work, const void* args) {
  const Grid& shape = work.shape;
  met = 0;
  std::vector<std::unique_ptr<Fibers>> blocks;
  for (int64_t b = 0; b < shape.blocks; ++b) {
    blocks.push_back(std::make_unique<Fibers>(work, args));
    blocks.back()->begin(b, order + static_cast<uint64_t>(b));
  }
  for (uint64_t round = 0;; ++round) {
    const Permutation turns(shape.blocks, order + round);
    bool ran = false;
    for (int64_t b = 0; b < shape.blocks; ++b)
      ran |= blocks[static_cast<size_t>(turns[b])]->go_on();
    if (ran) continue;
    for (int64_t b = 0; b < shape.blocks; ++b) {
      if (!blocks[static_cast<size_t>(b)]->done()) blocks[static_cast<size_t>(b)]->stuck();
    }
    return;
  }
}

bool has_come(const void* counter, uint32_t count) {
  return *static_cast<const uint32_t*>(counter) >= count;
}

void run_now(const Work& work, const Clusters& clusters, const void* args, size_t bytes,
             const Mark1Queue& queue) {
  const bool skipped = queue.alarm && *queue.alarm < queue.limit;
  if (logging()) note((skipped ? "leave out " : "run ") + kernel_name(work.kernel->name));
  if (skipped || !may_run(work.kernel->name)) return;
  work.kernel->runs.fetch_add(1, std::memory_order_relaxed);
  ++order;
  const Watched watched(work, args, bytes);
  const Grid& shape = work.shape;
  if (clusters.run) return clusters.run(work, clusters.size, args, order);
  if (shape.together) return run_together(work, args);
  const Permutation blocks(shape.blocks, order);
  if (!work.alone) {
    Fibers fibers(work, args);
    for (int64_t b = 0; b < shape.blocks; ++b) {
      fibers.run_block(blocks[b], order + static_cast<uint64_t>(b));
    }
    return;
  }
  const Permutation threads(shape.threads, order);
  for (int64_t b = 0; b < shape.blocks; ++b) {
    const Place place = {shape, blocks[b]};
    for (int t = 0; t < shape.threads; ++t) {
      watch_thread(blocks[b], static_cast<int>(threads[t]), nullptr, 0);
      work.entry(args, Block(place, static_cast<int>(threads[t])));
    }
  }
}

}  // namespace

// Modules are loaded by one thread.
Kernel::Kernel(const char* compilers_name) : name(compilers_name), next(last) {
  last = this;
}

const Kernel* last_kernel() {
  return last;
}

void set_order(uint64_t wanted) {
  order = wanted;
}

void run_grid_in(const Clusters& clusters, const Work& work, const void* args, size_t bytes,
                 const Mark1Queue& queue) {
  if (!written && !taker) return run_now(work, clusters, args, bytes, queue);
  const auto* first = static_cast<const unsigned char*>(args);
  Node node = {work, clusters, {first, first + bytes}, queue};
  if (written) return written->push_back(std::move(node));
  taker({std::move(node)});
}

void run_grid(const Work& work, const void* args, size_t bytes, const Mark1Queue& queue) {
  run_grid_in({}, work, args, bytes, queue);
}

void hand_over(void (*take)(Graph)) {
  taker = take;
}

void write_down(Graph* graph) {
  written = graph;
}

void run(const Graph& graph) {
  for (const Node& node : graph) {
    run_now(node.work, node.clusters, node.args.data(), node.args.size(), node.queue);
  }
}

void Block::sync() const {
  Fibers::running().wait_for_block();
}

void Block::meet() const {
  const auto blocks = static_cast<uint32_t>(place_.shape.blocks);
  come(&met);
  // Nobody meets again before all have met this time.
  await(&met, (met + blocks - 1) / blocks * blocks);
}

void Block::come(uint32_t* counter) const {
  sync();
  if (thread_ == 0) ++*counter;
  watch_come(counter, *counter);
}

void Block::await(const uint32_t* counter, uint32_t count) const {
  if (thread_ == 0) {
    Fibers::running().wait_for(&has_come, counter, count);
    watch_await(counter, count);
  }
  sync();
}

void* Block::shared_memory() const {
  return Fibers::running().shared();
}

void atomic_min(int64_t* at, int64_t value) {
  watch_atomic(at, sizeof(*at));
  if (static_cast<uint64_t>(value) < static_cast<uint64_t>(*at)) *at = value;
}

int lane() {
  return Fibers::running().thread() % 32;
}

uint64_t exchange(uint64_t bits, int lane) {
  Fibers& fibers = Fibers::running();
  const int thread = fibers.thread();
  *fibers.slot(thread) = bits;
  fibers.wait_for_warp();
  const uint64_t value = *fibers.slot(thread / 32 * 32 + lane);
  fibers.wait_for_warp();
  return value;
}

void sync_warp() {
  Fibers::running().wait_for_warp();
  watch_warp();
}

void share(const uint64_t (&mine)[kShared], uint64_t (&all)[32][kShared]) {
  Fibers& fibers = Fibers::running();
  const int thread = fibers.thread();
  std::memcpy(fibers.slot(thread), mine, sizeof(mine));
  fibers.wait_for_warp();
  std::memcpy(all, fibers.slot(thread / 32 * 32), sizeof(all));
  fibers.wait_for_warp();
}

uint32_t ballot(bool mine) {
  uint32_t all = 0;
  Fibers& fibers = Fibers::running();
  const int thread = fibers.thread();
  *fibers.slot(thread) = mine;
  fibers.wait_for_warp();
  for (int i = 0; i < 32; ++i) {
    all |= static_cast<uint32_t>(*fibers.slot(thread / 32 * 32 + i)) << i;
  }
  fibers.wait_for_warp();
  return all;
}

}  // namespace mark1::gpu
