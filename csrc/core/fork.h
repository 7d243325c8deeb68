// What a fork does to programs that other threads are running: the child has their memory, but not
// the threads.
#pragma once

#include <cstdint>

namespace mark1 {

// Which process this is, counted from the first by forks that were watched. What a thread has taken
// in another generation is held by nobody.
uint32_t fork_generation();

// From now on forks are counted.
void watch_forks();

// A stretch of steps without the interpreter's lock. A fork waits for its end, so that the child
// never gets a variable that is half written.
class Stretch {
 public:
  explicit Stretch(bool unblocked);
  ~Stretch();
  Stretch(const Stretch&) = delete;
  Stretch& operator=(const Stretch&) = delete;

 private:
  bool counted_;
};

}  // namespace mark1
