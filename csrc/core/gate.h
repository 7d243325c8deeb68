// Keeps eager code away from a variable while a program works on it without the interpreter's lock.
#pragma once

#include <atomic>

#include "core/fork.h"

namespace mark1 {

// Counts the programs that read the variable; -1 while one writes it. Taken only by holders of the
// interpreter's lock, so that several gates can be looked at and taken together.
class Gate {
 public:
  // Waits, without the interpreter's lock, until nobody writes, or until nobody uses it at all.
  // Programs end their turn after the present step when somebody waits.
  void wait_for_reading() const {
    if (users() < 0) wait(false);
  }
  void wait_for_writing() const {
    if (users() != 0) wait(true);
  }

  bool free_for(bool writing) const {
    const int count = users();
    return writing ? count == 0 : count >= 0;
  }
  void take(bool writing);
  void leave(bool writing);

  // Whether anybody waits at any gate.
  static bool awaited();
  // Lets those who wait go first; called with the interpreter's lock.
  static void yield_turn();

  // Has all programs end their turns as if somebody waited, or no longer; around a fork.
  static void wait_for_turns(bool wanted);
  // In the child of a fork those who waited are gone.
  static void forget_waiting();

 private:
  // What was taken before a fork was taken by threads that the child does not have.
  int users() const {
    return generation_ == fork_generation() ? users_.load(std::memory_order_acquire) : 0;
  }
  void wait(bool writing) const;

  std::atomic<int> users_{0};
  uint32_t generation_ = fork_generation();  // of users_; changes only where there is one thread
};

}  // namespace mark1
