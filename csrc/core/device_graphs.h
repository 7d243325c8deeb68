// The launches of a program on a device, as graphs: a graph starts in the time of one kernel.
#pragma once

#include <cstddef>
#include <vector>

#include "core/storage.h"

namespace mark1 {

// One graph per stretch of kernels between what stands apart: checks, which run on the host, and
// copies.
class DeviceGraphs {
 public:
  DeviceGraphs() = default;
  ~DeviceGraphs() { clear(); }
  DeviceGraphs(const DeviceGraphs&) = delete;
  DeviceGraphs& operator=(const DeviceGraphs&) = delete;

  // Makes a step of `count` entries: `entry(i)` runs or queues entry i, `apart(i)` tells which are
  // in no graph. The first time graphs are made of the rest, and run then as ever after. `ran`
  // counts the entries that have run or are queued, should one throw.
  template <class Apart, class Entry>
  void run(Device device, size_t count, Apart apart, Entry entry, size_t& ran) {
    if (stretches_.empty()) make(device, count, apart, entry);
    for (const Stretch& stretch : stretches_) {
      if (stretch.graph) start(stretch);
      for (ran = stretch.end; ran < count && apart(ran); ++ran) entry(ran);
    }
  }

  // Forgets the graphs; arguments or addresses have changed.
  void clear();
  size_t size() const { return stretches_.size(); }

 private:
  struct Stretch {
    size_t begin, end;
    void* graph;  // null if it is empty
  };

  template <class Apart, class Entry>
  void make(Device device, size_t count, Apart apart, Entry entry) {
    device_ = device;
    for (size_t i = 0; i < count || stretches_.empty();) {
      Stretch stretch = {i, i, nullptr};
      if (i < count && !apart(i)) fill(stretch, count, apart, entry);
      stretches_.push_back(stretch);
      for (i = stretch.end; i < count && apart(i);) ++i;
    }
  }

  template <class Apart, class Entry>
  void fill(Stretch& stretch, size_t count, Apart apart, Entry entry) {
    begin();
    try {
      for (; stretch.end < count && !apart(stretch.end); ++stretch.end) entry(stretch.end);
    } catch (...) {
      end(stretch);
      stretches_.push_back(stretch);
      clear();
      throw;
    }
    end(stretch);
  }

  void begin() const;
  void end(Stretch& stretch) const;
  void start(const Stretch& stretch) const;

  Device device_;
  std::vector<Stretch> stretches_;
};

}  // namespace mark1
