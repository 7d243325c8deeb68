// Finds races in emulated grids: a thread that writes where another reads or writes with nothing
// between the two that orders them. Kernels are compiled with the calls that GCC and Clang put
// before every access of memory for the thread sanitizer (MARK1_EMULATION_RACES); races.cpp answers
// those calls in its place, and knows what orders threads of a grid: barriers of a block, and
// meetings of blocks at a counter. Shuffles and votes order nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mark1::gpu {

struct Work;

// A grid that runs on this thread of the processor, from construction to destruction.
class Watched {
 public:
  explicit Watched(const Work& work);
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
};

// Shared memory that a block begins with: the last block's accesses are over.
void watch_shared(const void* memory, size_t bytes);
// Which thread goes on, on a stack of its own or, null, on the processor's.
void watch_thread(int64_t block, int thread, const char* stack, size_t stack_bytes);
// All threads of the block have met.
void watch_barrier(int64_t block);
// What the running thread does elsewhere than in its kernel's own code.
void watch_read(const void* memory, size_t bytes);
void watch_write(const void* memory, size_t bytes);
// A block has come to a counter, and has gone on from it.
void watch_come(int64_t block, const uint32_t* counter);
void watch_await(int64_t block, const uint32_t* counter);

// The first race found on this thread of the processor since the last call; empty if none.
std::string take_race();

}  // namespace mark1::gpu
