// Runs grids, or writes them down while a graph is made.
#include "cuda/emulation/grid.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "cuda/emulation/fibers.h"
#include "cuda/emulation/order.h"

namespace mark1::gpu {
namespace {

thread_local Graph* written = nullptr;
thread_local uint64_t order = 0;
// How often blocks of the grid that runs together have met the others.
thread_local uint32_t met = 0;

// Blocks take turns until all are done.
void run_together(Entry entry, const void* args, const Grid& shape) {
  met = 0;
  std::vector<std::unique_ptr<Fibers>> blocks;
  for (int64_t b = 0; b < shape.blocks; ++b) {
    blocks.push_back(std::make_unique<Fibers>(entry, args, shape));
    blocks.back()->begin(b, order + static_cast<uint64_t>(b));
  }
  for (uint64_t round = 0;; ++round) {
    const Permutation turns(shape.blocks, order + round);
    bool ran = false;
    for (int64_t b = 0; b < shape.blocks; ++b)
      ran |= blocks[static_cast<size_t>(turns[b])]->go_on();
    if (ran) continue;
    for (int64_t b = 0; b < shape.blocks; ++b) {
      if (!blocks[static_cast<size_t>(b)]->done()) stuck(b);
    }
    return;
  }
}

void run_now(Entry entry, const void* args, const Grid& shape, bool alone) {
  ++order;
  if (shape.together) return run_together(entry, args, shape);
  const Permutation blocks(shape.blocks, order);
  if (!alone) {
    Fibers fibers(entry, args, shape);
    for (int64_t b = 0; b < shape.blocks; ++b) {
      fibers.run_block(blocks[b], order + static_cast<uint64_t>(b));
    }
    return;
  }
  const Permutation threads(shape.threads, order);
  for (int64_t b = 0; b < shape.blocks; ++b) {
    const Place place = {shape, blocks[b], nullptr};
    for (int t = 0; t < shape.threads; ++t) {
      entry(args, Block(place, static_cast<int>(threads[t])));
    }
  }
}

[[noreturn]] void no_fibers() {
  std::fprintf(stderr, "emulated grid: a kernel that was queued as one of lone threads waits\n");
  std::abort();
}

}  // namespace

void run_grid(Entry entry, const void* args, size_t bytes, const Grid& shape, bool alone) {
  if (written) {
    const auto* first = static_cast<const unsigned char*>(args);
    written->push_back({entry, {first, first + bytes}, shape, alone});
    return;
  }
  run_now(entry, args, shape, alone);
}

void write_down(Graph* graph) {
  written = graph;
}

void run(const Graph& graph) {
  for (const Node& node : graph) run_now(node.entry, node.args.data(), node.shape, node.alone);
}

void Block::sync() const {
  if (!place_.fibers) no_fibers();
  place_.fibers->wait_for_block();
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
}

void Block::await(const uint32_t* counter, uint32_t count) const {
  if (!place_.shape.together) no_fibers();
  if (thread_ == 0) place_.fibers->wait_for_count(counter, count);
  sync();
}

void* Block::shared_memory() const {
  if (!place_.fibers) no_fibers();
  return place_.fibers->shared();
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
