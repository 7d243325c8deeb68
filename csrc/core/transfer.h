// Tensors on their way between devices.
#pragma once

#include "core/device_memory.h"
#include "core/tensor.h"

namespace mark1 {

// The tensor itself if it lies there, otherwise a copy of it that does.
Tensor moved(const Tensor& x, Device device);

// A tensor whose memory the host may read now: itself, or a copy of it.
Tensor on_host(const Tensor& x);

// The tensor itself, or a copy of it in memory of the device's own: what is read more than once or
// written should not lie in memory of the host.
Tensor settled(const Tensor& x);

// Copies the contents to memory of a device.
void put_contents(const Tensor& x, Device device, void* target);

// A tensor of the current device with these contents. A device reads little in place and gets a
// copy of much, unless a program must keep them.
Tensor from_host(const void* data, const Shape& shape, DType dtype);

// What lies at an address of the current device, whose work so far must be over.
template <class T>
T value_at(const T* address) {
  const Device device = current_device();
  if (device.type == DeviceType::kCpu) return *address;
  T value;
  copy_to_host(device, &value, address, sizeof(T));
  return value;
}

}  // namespace mark1
