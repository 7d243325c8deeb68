// Points in the queues of a device, for which other queues and the host can wait.
#pragma once

#include "core/device.h"

namespace mark1 {

class DeviceMark {
 public:
  explicit DeviceMark(Device device);
  ~DeviceMark();
  DeviceMark(const DeviceMark&) = delete;
  DeviceMark& operator=(const DeviceMark&) = delete;

  // At the end of a queue (MARK1_WORK or MARK1_COPIES), as often as wanted. Who waits for it waits
  // for the last time before; one that was never set is reached.
  void set(int queue);
  // What the queue is given from now on comes after the mark.
  void hold(int queue) const;
  bool reached() const;
  // The host waits. It is counted if the mark has not been reached.
  void await() const;

 private:
  Device device_;
  void* mark_ = nullptr;
};

// Keeps the host from running too far ahead of a device's work.
class Pace {
 public:
  explicit Pace(Device device) : marks_{DeviceMark(device), DeviceMark(device)} {}

  // After every step: the device is at most two strides behind when it returns.
  void step(int64_t stride) {
    if (++since_ < stride) return;
    since_ = 0;
    marks_[turn_].set(MARK1_WORK);
    turn_ = 1 - turn_;
    marks_[turn_].await();
  }

 private:
  DeviceMark marks_[2];
  int turn_ = 0;
  int64_t since_ = 0;
};

}  // namespace mark1
