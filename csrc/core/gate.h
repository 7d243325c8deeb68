// Keeps eager code away from a variable while a program works on it without the interpreter's lock.
#pragma once

#include <atomic>

namespace mark1 {

// Counts the programs that read the variable; -1 while one writes it. Taken only by holders of the
// interpreter's lock, so that several gates can be looked at and taken together.
class Gate {
 public:
  // Waits, without the interpreter's lock, until nobody writes, or until nobody uses it at all.
  // Programs end their turn after the present step when somebody waits.
  void wait_for_reading() const {
    if (users_.load(std::memory_order_acquire) < 0) wait(false);
  }
  void wait_for_writing() const {
    if (users_.load(std::memory_order_acquire) != 0) wait(true);
  }

  bool free_for(bool writing) const {
    const int users = users_.load(std::memory_order_acquire);
    return writing ? users == 0 : users >= 0;
  }
  void take(bool writing);
  void leave(bool writing);

  // Whether anybody waits at any gate.
  static bool awaited();
  // Lets those who wait go first; called with the interpreter's lock.
  static void yield_turn();

 private:
  void wait(bool writing) const;

  std::atomic<int> users_{0};
};

}  // namespace mark1
