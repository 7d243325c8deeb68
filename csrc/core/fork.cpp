#include "core/fork.h"

#include <pthread.h>

#include <atomic>
#include <thread>

#include "core/gate.h"

namespace mark1 {
namespace {

std::atomic<uint32_t> generation{1};
std::atomic<int> stretches{0};

// The forking thread has the interpreter's lock, so no stretch begins; those there are end after
// the present step, because somebody waits.
void before_fork() {
  Gate::wait_for_turns(true);
  while (stretches.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

void in_parent() {
  Gate::wait_for_turns(false);
}

void in_child() {
  Gate::forget_waiting();
  generation.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

uint32_t fork_generation() {
  return generation.load(std::memory_order_relaxed);
}

void watch_forks() {
  static const bool registered = pthread_atfork(before_fork, in_parent, in_child) == 0;
  (void)registered;
}

Stretch::Stretch(bool unblocked) : counted_(unblocked) {
  if (!counted_) return;
  watch_forks();
  stretches.fetch_add(1, std::memory_order_acq_rel);
}

Stretch::~Stretch() {
  if (counted_) stretches.fetch_sub(1, std::memory_order_acq_rel);
}

}  // namespace mark1
