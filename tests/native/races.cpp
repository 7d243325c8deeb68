// Kernels with races on the emulated device, which must be found, and the same without.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
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

// Threads of a warp that tell their neighbours by memory, and wait for each other or do not.
template <bool kWait>
struct Warps {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = false;
  static void run(const Args& args, const Block& block) {
    int* mine = block.shared<int>();
    const int thread = block.thread(), next = thread / 32 * 32 + (thread + 1) % 32;
    mine[thread] = thread;
    if (kWait) sync_warp();
    args.data[block.index() * block.threads() + thread] = mine[next];
  }
};

// A wait of a warp orders nothing that another warp does; a shuffle orders nothing at all.
template <bool kBarrier>
struct OtherWarps {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = false;
  static void run(const Args& args, const Block& block) {
    int* mine = block.shared<int>();
    const int thread = block.thread();
    mine[thread] = shuffle(thread, 0);
    kBarrier ? block.sync() : sync_warp();
    args.data[block.index() * block.threads() + thread] = mine[(thread + 32) % block.threads()];
  }
};

// All threads put the smallest number there, by atomics or as they please.
template <bool kAtomic>
struct Smallest {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = true;
  static void run(const Args& args, const Block& block) {
    auto* at = reinterpret_cast<int64_t*>(args.data);
    const int64_t number = block.threads() - block.thread();
    if (kAtomic || block.thread() % 2 == 0) {
      atomic_min(at, number);
    } else if (number < *at) {
      *at = number;
    }
  }
};

// Neighbours whose bytes lie in one word, or are one.
template <bool kOwn>
struct Bytes {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = true;
  static void run(const Args& args, const Block& block) {
    auto* bytes = reinterpret_cast<uint8_t*>(args.data);
    const int64_t thread = block.index() * block.threads() + block.thread();
    bytes[kOwn ? thread : thread / 2] = 1;
  }
};

// What a thread other than the first does after its block has come to a counter is not over when
// others have waited for that; what it does before is.
template <bool kBefore>
struct After {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = false;
  static void run(const Args& args, const Block& block) {
    const int64_t next = (block.index() + 1) % block.blocks();
    if (kBefore && block.thread() == 7) args.data[block.index()] = 1;
    block.come(args.counter);
    if (!kBefore && block.thread() == 7) args.data[block.index()] = 1;
    block.await(args.counter, static_cast<uint32_t>(block.blocks()));
    if (block.thread() == 3) args.data[block.blocks() + block.index()] = args.data[next];
  }
};

// Reads the word behind a block's shared memory, or the last one in it.
template <bool kInside>
struct Beyond {
  using Args = mark1::gpu::Args;
  static constexpr bool alone = false;
  static void run(const Args& args, const Block& block) {
    const int* mine = block.shared<int>();
    if (block.thread() == 0) args.data[0] = mine[kInside ? 63 : 64];
  }
};

// Whether a process that runs this in 256 bytes of shared memory dies of it.
template <class Body>
bool dies() {
  const pid_t child = fork();
  if (child == 0) {
    int data = 0;
    const Mark1Queue now = {};
    queue<Body>({&data, nullptr}, {1, 32, 256}, &now);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}
bool bounds_are_kept() {
  if (!dies<Beyond<true>>() && dies<Beyond<false>>()) return true;
  std::printf("Beyond: shared memory has no bounds\n");
  return false;
}

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
                     both<Blocks>("Blocks", {4, 32, 0, true}) & both<Warps>("Warps", {2, 64, 256}) &
                     both<OtherWarps>("OtherWarps", {2, 64, 256}) &
                     both<Smallest>("Smallest", {1, 64, 0}) & both<Bytes>("Bytes", {2, 64, 0}) &
                     both<After>("After", {4, 32, 0, true}) & bounds_are_kept();
  std::printf(found ? "all races found, and no others\n" : "");
  return found ? 0 : 1;
}
