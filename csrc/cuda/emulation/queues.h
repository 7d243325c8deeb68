// The two queues of the emulated device: what was asked for and has not been done. A real device
// may do it at any time that marks allow, so when it is done here is a matter of the schedule, and
// a mark that is missing is found by one of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace mark1::gpu {

enum class Schedule {
  kLate,         // nothing before somebody waits for it
  kWorkFirst,    // work at once, copies beside it when somebody waits for them
  kCopiesFirst,  // the other way round
  kAnyOrder,     // now and then some of either
};

void set_schedule(Schedule schedule, uint64_t seed);

// Queues are those of device_api.h: MARK1_WORK, MARK1_COPIES.
void enqueue(int queue, std::function<void()> task);

// A mark can be set again: who waits for it waits for the time before.
class Mark {
 public:
  void set(int queue);
  void hold(int queue) const;  // what the queue is given from now on
  void await() const;
  bool reached() const;

 private:
  std::shared_ptr<bool> passed_;
};

// Does all of the work, and what copies that waits for.
void finish_work();
// Does everything.
void finish_all();

}  // namespace mark1::gpu
