// Devices as Python sees them.
#include <pybind11/stl.h>

#include <string_view>

#include "bindings/bindings.h"
#include "core/device_memory.h"
#include "core/reading.h"

namespace mark1 {

void bind_device(py::module_& module) {
  module.def("describe_devices", &describe_devices);
  module.def("attach_device_api", [](const py::capsule& capsule) {
    if (capsule.name() != std::string_view(MARK1_DEVICE_API_CAPSULE)) {
      fail<DeviceError>("cuda", "not a capsule of ", MARK1_DEVICE_API_CAPSULE);
    }
    attach_device_api(capsule.get_pointer<const Mark1DeviceApi>());
  });
  module.def("current_device", [] { return name(current_device()); });
  module.def("set_device", [](const std::string& device) {
    const Device chosen = device_from_name(device);
    if (has_devices()) detail::choose_device(chosen);
  });
  module.def("synchronize",
             [](const std::string& device) { synchronize(device_from_name(device)); });
  module.def("copy_counts", [] {
    const CopyCounts counts = copy_counts();
    py::dict out;
    out["to_device"] = counts.to_device;
    out["bytes_to_device"] = counts.bytes_to_device;
    out["to_host"] = counts.to_host;
    out["bytes_to_host"] = counts.bytes_to_host;
    return out;
  });
  py::class_<Reading>(module, "Reading")
      .def(py::init<const std::vector<Tensor>&>())
      .def_property_readonly("ready", &Reading::ready)
      .def("values", &Reading::values);
  module.def("wait_counts", [] {
    const WaitCounts counts = wait_counts();
    py::dict out;
    out["until_done"] = counts.until_done;
    out["until_near"] = counts.until_near;
    return out;
  });
  module.def("device_memory", [](const std::string& device) {
    const Device asked = device_from_name(device);
    size_t free_bytes = 0, total = 0;
    check_device("memory", device_api().memory(asked.index, &free_bytes, &total));
    const DeviceMemoryStats stats = device_memory_stats(asked);
    py::dict out;
    out["free"] = free_bytes;
    out["total"] = total;
    out["bytes_in_use"] = stats.bytes_in_use;
    out["allocations"] = stats.allocations;
    out["pinned_in_use"] = stats.pinned_in_use;
    out["pinned_cached"] = stats.pinned_cached;
    return out;
  });
}

}  // namespace mark1
