#include "core/device_graphs.h"

#include "core/device.h"

namespace mark1 {

void DeviceGraphs::clear() {
  for (const Stretch& stretch : stretches_) {
    if (stretch.graph) device_api().release_graph(device_.index, stretch.graph);
  }
  stretches_.clear();
}

void DeviceGraphs::begin() const {
  check_device("program", device_api().begin_graph(device_.index));
}

void DeviceGraphs::end(Stretch& stretch) const {
  check_device("program", device_api().end_graph(device_.index, &stretch.graph));
}

void DeviceGraphs::start(const Stretch& stretch) const {
  check_device("program", device_api().run_graph(device_.index, stretch.graph));
}

}  // namespace mark1
