#include "core/reading.h"

#include <cstring>

#include "core/device_launch.h"
#include "core/device_memory.h"
#include "core/error.h"
#include "core/interpreter.h"

namespace mark1 {
namespace {

Device device_of(const std::vector<Tensor>& tensors) {
  if (tensors.empty()) fail<ValueError>("Reading", "there are no tensors to read");
  const Device device = tensors[0].device();
  for (const Tensor& tensor : tensors) {
    if (tensor.device().type != DeviceType::kCpu && tensor.device() == device) continue;
    fail<DeviceError>("Reading", "the tensors lie on ", name(device), " and ",
                      name(tensor.device()), ": one device is wanted");
  }
  return device;
}

}  // namespace

Reading::Reading(const std::vector<Tensor>& tensors) : mark_(device_of(tensors)) {
  const Device device = tensors[0].device();
  const DeviceScope scope(device);
  for (const Tensor& tensor : tensors) {
    parts_.push_back({tensor.spec(), allocate_on(device, tensor.bytes(), true)});
    queue_copy("read", parts_.back().pinned->data, tensor.data(), tensor.bytes());
    count_copy_to_host(tensor.bytes());
  }
  mark_.set(MARK1_WORK);
}

std::vector<Tensor> Reading::values() const {
  {
    const Unblocked others(true);
    mark_.await();
  }
  const DeviceScope host(kCpu);
  std::vector<Tensor> out;
  for (const Part& part : parts_) {
    const Tensor value(part.spec);
    if (value.bytes() > 0) std::memcpy(value.data(), part.pinned->data, value.bytes());
    out.push_back(value);
  }
  return out;
}

}  // namespace mark1
