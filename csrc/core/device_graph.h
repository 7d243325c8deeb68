// The launches of a program on a device as one graph, which starts in the time of one kernel.
#pragma once

#include "core/storage.h"

namespace mark1 {

class DeviceGraph {
 public:
  DeviceGraph() = default;
  ~DeviceGraph() { clear(); }
  DeviceGraph(const DeviceGraph&) = delete;
  DeviceGraph& operator=(const DeviceGraph&) = delete;

  // Queues what queue() queues: by calling it the first time, when a graph is made, and by starting
  // the graph ever after.
  template <class Queue>
  void run(Device device, Queue queue) {
    if (!graph_) {
      begin(device);
      try {
        queue();
      } catch (...) {
        abandon();
        throw;
      }
      end();
    }
    start();
  }

  // Forgets the graph: arguments or addresses have changed.
  void clear();

 private:
  void begin(Device device);
  void end();
  void abandon();
  void start() const;

  Device device_;
  void* graph_ = nullptr;
};

}  // namespace mark1
