// What the steps of a program take from memory of the host: a ring of buffers, each of pinned
// memory and as much of the device's. While the device is at one step, the host writes what a later
// one needs, and what comes between is on its way.
#pragma once

#include <memory>
#include <vector>

#include "core/device_mark.h"

namespace mark1 {

class Feed {
 public:
  // Memory of the device that is filled in every step.
  struct Target {
    void* data;
    size_t bytes;
  };

  Feed(Device device, const std::vector<Target>& targets);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Before what belongs to one step; what was written for one that never came is forgotten.
  void begin();
  // Where the host writes what the target of this number gets next. Waits if all buffers are on
  // their way.
  void* place(size_t target);
  // Queues the copies of what was written, before all work that comes.
  void send();

 private:
  struct Part {
    Target target;
    size_t offset;  // in every buffer
    bool written;
  };
  struct Buffer {
    explicit Buffer(Device device) : arrived(device), used(device) {}
    char* on_host = nullptr;
    char* here = nullptr;
    DeviceMark arrived;  // the device's memory has what was on the host
    DeviceMark used;     // the targets have it
  };

  void give_back();

  Device device_;
  std::vector<Part> parts_;
  size_t bytes_ = 0;
  std::vector<std::unique_ptr<Buffer>> ring_;
  size_t next_ = 0;
  bool writing_ = false;
};

}  // namespace mark1
