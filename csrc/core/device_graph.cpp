#include "core/device_graph.h"

#include <utility>

#include "core/device.h"

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
  check_device("program", device_api().end_graph(device_.index, &graph_));
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
