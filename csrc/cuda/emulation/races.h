// Finds races in emulated grids: a thread that writes where another reads or writes with nothing
// between the two that orders them. Kernels are compiled with the calls that GCC and Clang put
// before every access of memory for the thread sanitizer (MARK1_EMULATION_RACES); races.cpp answers
// those calls in its place, shadow.h has what happened to memory, and epochs.h knows what orders
// threads of a grid: barriers of a block, waits of a warp, and meetings of blocks at a counter.
// Shuffles and votes order nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mark1::gpu {

struct Work;

// Whether kernels tell of their accesses.
bool races_are_found();

// A grid that runs on this thread of the processor, from construction to destruction.
class Watched {
 public:
  Watched(const Work& work, const void* args, size_t bytes);
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
};

// Shared memory that a block begins with: the last block's accesses are over.
void watch_shared(const void* memory, size_t bytes);
// Which thread goes on, on a stack of its own or, null, on the processor's.
void watch_thread(int64_t block, int thread, const char* stack, size_t stack_bytes);
// All threads of the block have met; the running thread has met its warp.
void watch_barrier(int64_t block);
void watch_warp();
// What the running thread does elsewhere than in its kernel's own code.
void watch_read(const void* memory, size_t bytes);
void watch_write(const void* memory, size_t bytes);
void watch_atomic(const void* memory, size_t bytes);
// The running thread's block has come to a counter and raised it to `value`; has seen it there.
void watch_come(const uint32_t* counter, uint32_t value);
void watch_await(const uint32_t* counter, uint32_t value);

// The first race found since the last call; empty if none.
std::string take_race();

}  // namespace mark1::gpu
