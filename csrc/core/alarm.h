// How a program on a device refuses values without waiting for the host: a number in the device's
// memory, written by the first check that finds something. From then on the program's kernels that
// write variables leave them alone, in this step and in those that are queued already.
#pragma once

#include "core/device_launch.h"

namespace mark1 {

class Alarm {
 public:
  explicit Alarm(Device device);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Leaves out what is queued after a check up to `last` has refused something, or any check in a
  // step before.
  Guard guard(int64_t last = kQuiet - 1) const { return {&here_->entry, last + 1}; }

  // Queues a check, the program's entry of this number.
  void queue(const char* op, const Check& check, int64_t entry) const;

  // After what was queued with guards for a part of the checks.
  void end_step() const;

  // Whether one has refused something, as far as the host knows without waiting.
  bool raised() const;
  // Throws what the check throws, and is quiet again. The device has been waited for.
  template <class CheckOf>
  void answer(CheckOf check_of) {
    if (!raised()) return;
    const Refused refused = *on_host_;
    reset();
    const Check& check = check_of(refused.entry);
    check.refuse(&check, refused.place, &refused.value);
  }

 private:
  void reset();

  Device device_;
  Refused* here_;
  Refused* on_host_;
};

}  // namespace mark1
