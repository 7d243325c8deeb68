#include "core/gate.h"

#include <chrono>
#include <thread>

#include "core/interpreter.h"

namespace mark1 {
namespace {

std::atomic<int> waiting{0};

}  // namespace

void Gate::take(bool writing) {
  if (generation_ != fork_generation()) {
    generation_ = fork_generation();
    users_.store(0, std::memory_order_relaxed);
  }
  if (writing) {
    users_.store(-1, std::memory_order_release);
  } else {
    users_.fetch_add(1, std::memory_order_acq_rel);
  }
}

void Gate::leave(bool writing) {
  if (writing) {
    users_.store(0, std::memory_order_release);
  } else {
    users_.fetch_sub(1, std::memory_order_acq_rel);
  }
  users_.notify_all();
}

bool Gate::awaited() {
  return waiting.load(std::memory_order_relaxed) != 0;
}

void Gate::yield_turn() {
  // The one who waits has the lock when it leaves `waiting`; at most this long, should it itself
  // have to wait for something else.
  constexpr int kTurns = 1000;
  for (int turn = 0; awaited() && turn < kTurns; ++turn) {
    const Unblocked unblocked(true);
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
}

void Gate::wait_for_turns(bool wanted) {
  waiting.fetch_add(wanted ? 1 : -1, std::memory_order_relaxed);
}

void Gate::forget_waiting() {
  waiting.store(0, std::memory_order_relaxed);
}

void Gate::wait(bool writing) const {
  waiting.fetch_add(1, std::memory_order_relaxed);
  // With the lock back another program may have been faster: look again.
  while (!free_for(writing)) {
    const Unblocked unblocked(true);
    for (int users; (users = users_.load(std::memory_order_acquire)), !free_for(writing);) {
      users_.wait(users, std::memory_order_acquire);
    }
  }
  waiting.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace mark1
