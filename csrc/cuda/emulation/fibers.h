// The fibers of one block of an emulated grid.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cuda/emulation/block.h"
#include "cuda/emulation/matrix_units.h"

namespace mark1::gpu {

// Copies into shared memory that a thread has asked for and not awaited.
struct CopiesAhead {
  struct One {
    void* target;
    const void* source;
    size_t bytes, size;
    uint64_t group;
  };
  std::vector<One> open;
  uint64_t groups = 0;  // that were closed
};

class Fibers {
 public:
  Fibers(const Work& work, const void* args);
  ~Fibers();

  // Runs one block; `order` decides who goes first after every wait.
  void run_block(int64_t index, uint64_t order);
  // The same in parts, for blocks that wait for each other: go_on runs until none of the threads
  // can, and returns whether any did.
  void begin(int64_t index, uint64_t order);
  bool go_on();
  bool done() const;
  // Says that the block waits in vain, and ends the program.
  [[noreturn]] void stuck() const;

  void* shared() { return shared_; }
  // The block that runs on this thread of the processor, and which of its threads does.
  static Fibers& running();
  int64_t index() const { return index_; }
  int thread() const { return thread_; }
  // Both return when all threads of the block, or of the warp, have come there.
  void wait_for_block() { yield(State::kAtBlock); }
  void wait_for_warp() { yield(State::kAtWarp); }
  // Returns when come(on, value), which others bring about.
  using Come = bool (*)(const void* on, uint32_t value);
  void wait_for(Come come, const void* on, uint32_t value);
  CopiesAhead& copies() { return copies_[static_cast<size_t>(thread_)]; }
  uint64_t* slot(int thread) { return &slots_[static_cast<size_t>(thread) * kShared]; }

 private:
  enum class State : uint8_t { kNew, kReady, kAtBlock, kAtWarp, kWaits, kDone };
  struct Fiber {
    State state = State::kNew;
    std::jmp_buf place;
    Come come = nullptr;
    const void* on = nullptr;
    uint32_t value = 0;
  };

  static void start();
  void yield(State state);
  void resume(int thread);
  bool open(int first, int last, State state);
  bool open_waiting();

  Work work_;
  const void* args_;
  int64_t index_ = 0;
  uint64_t order_ = 0;
  std::vector<uint64_t> slots_;
  std::vector<Fiber> fibers_;
  std::vector<CopiesAhead> copies_;
  // Stacks, then shared memory, whose end is followed by what nobody may touch.
  char* stacks_ = nullptr;
  char* shared_ = nullptr;
  size_t shared_bytes_, mapped_ = 0;
  int thread_ = 0;
  std::jmp_buf scheduler_;
};

}  // namespace mark1::gpu
