// Kernels with races on the emulated device, which must be found, and the same without.
#include <cstdio>
#include <string>
#include <vector>

#include "cuda/block.h"
#include "cuda/emulation/races.h"

namespace mark1::gpu {
namespace {

struct Args {
  int* data;
  uint32_t* counter;
};

// Every thread writes a word of shared memory and reads its neighbour's.
template <bool kBarrier>
struct Neighbours {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = false;
  static void run(const Args& args, const Block& block) {
    int* mine = block.shared<int>();
    const int thread = block.thread();
    mine[thread] = thread;
    if (kBarrier) block.sync();
    args.data[block.index() * block.threads() + thread] = mine[(thread + 1) % block.threads()];
  }
};

// The same twice in the same memory: reads of the first time against writes of the second.
template <bool kBarrier>
struct Again {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = false;
  static void run(const Args& args, const Block& block) {
    int* mine = block.shared<int>();
    const int thread = block.thread();
    for (int round = 0; round < 2; ++round) {
      mine[thread] = thread + round;
      block.sync();
      args.data[block.index() * block.threads() + thread] = mine[(thread + 1) % block.threads()];
      if (kBarrier) block.sync();
    }
  }
};

// Threads that share a word of the device's memory, or do not.
template <bool kOwn>
struct Words {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = true;
  static void run(const Args& args, const Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    args.data[kOwn ? thread : thread / 2] = 1;
  }
};

// Blocks that read what others have written, having met them or not.
template <bool kMeet>
struct Blocks {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = false;
  static void run(const Args& args, const Block& block) {
    const int64_t next = (block.index() + 1) % block.blocks();
    if (block.thread() == 0) args.data[block.index()] = 1;
    block.come(args.counter);
    if (kMeet) block.await(args.counter, static_cast<uint32_t>(block.blocks()));
    if (block.thread() == 0) args.data[block.blocks() + block.index()] = args.data[next];
  }
};

template <class Body>
bool right(const char* name, const Grid& grid, bool racy) {
  std::vector<int> data(1024);
  uint32_t counter = 0;
  const Mark1Queue now = {};
  queue<Body>({data.data(), &counter}, grid, &now);
  const std::string race = take_race();
  const bool named = race.find(name) != std::string::npos;
  if (racy ? named : race.empty()) return true;
  std::printf("%s: %s\n", name, race.empty() ? "the race was not found" : race.c_str());
  return false;
}

template <template <bool> class Body>
bool both(const char* name, const Grid& grid) {
  const bool without = right<Body<true>>(name, grid, false);
  return right<Body<false>>(name, grid, true) && without;
}

}  // namespace
}  // namespace mark1::gpu

int main() {
  using namespace mark1::gpu;
  const bool found = both<Neighbours>("Neighbours", {3, 64, 256}) &
                     both<Again>("Again", {2, 64, 256}) & both<Words>("Words", {2, 64, 0}) &
                     both<Blocks>("Blocks", {4, 32, 0, true});
  std::printf(found ? "all races found, and no others\n" : "");
  return found ? 0 : 1;
}
