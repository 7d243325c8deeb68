#include "core/device_graph.h"

#include <utility>

#include "core/device.h"
#include "core/error.h"

namespace mark1 {

void DeviceGraph::clear() {
  void* graph = std::exchange(graph_, nullptr);
  if (!graph || !devices_work()) return;
  // It may be running. Called by destructors: what fails here leaves a graph lost.
  device_api().synchronize(device_.index);
  device_api().release_graph(device_.index, graph);
}

void DeviceGraph::begin(Device device) {
  device_ = device;
  check_device("program", device_api().begin_graph(device_.index));
}

void DeviceGraph::end() {
  const Mark1DeviceApi& api = device_api();
  const int status = api.end_graph(device_.index, &graph_);
  if (status == 0) return;
  graph_ = nullptr;
  if (status == MARK1_DEVICE_LOST) check_device("program", status);
  const std::string reason = api.last_error();
  size_t free_bytes = 0, total = 0;
  api.memory(device_.index, &free_bytes, &total);
  fail<DeviceError>("program", reason, "; ", free_bytes, " of ", total, " bytes are free on ",
                    name(device_), ". Smaller batches need less");
}

void DeviceGraph::abandon() {
  if (!devices_work()) return;
  device_api().end_graph(device_.index, &graph_);
  clear();
}

void DeviceGraph::start() const {
  check_device("program", device_api().run_graph(device_.index, graph_));
}

}  // namespace mark1
