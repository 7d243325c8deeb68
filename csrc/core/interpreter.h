// The lock of the interpreter, as far as the core knows of it: given away around long work.
#pragma once

namespace mark1 {

// What the bindings install.
struct BlockingHooks {
  void* (*enter)() = nullptr;  // gives the lock away; null if the caller did not hold it
  void (*leave)(void* token) = nullptr;
};
void set_blocking_hooks(BlockingHooks hooks);

// From here on, in nanoseconds, giving the lock away and taking it back (about 0.1 us) is worth it.
inline constexpr double kBlockingWork = 20'000;

// A scope in which other Python threads may run, if that is wanted.
class Unblocked {
 public:
  explicit Unblocked(bool wanted);
  ~Unblocked();
  Unblocked(const Unblocked&) = delete;
  Unblocked& operator=(const Unblocked&) = delete;

 private:
  void* token_;
};

}  // namespace mark1
