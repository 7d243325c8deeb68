#include "core/transfer.h"

#include <cstring>

#include "core/buffer_pool.h"
#include "core/recorder.h"

namespace mark1 {
namespace {

// Above this a device has a copy of what it would otherwise read over the bus.
constexpr size_t kReadInPlace = 4096;

Tensor make_on(Device device, const Spec& spec) {
  const size_t bytes = static_cast<size_t>(spec.shape.numel()) * item_size(spec.dtype);
  return Tensor(allocate_on(device, bytes), 0, spec.shape, spec.dtype);
}

void copy_here(const Tensor& from, const Tensor& to) {
  if (from.numel() == 0) return;
  if (reaches_host(from.device(), from.data())) {
    std::memcpy(to.data(), from.data(), from.bytes());
  } else {
    copy_to_host(from.device(), to.data(), from.data(), from.bytes());
  }
}

void copy_there(const Tensor& from, const Tensor& to) {
  if (from.numel() > 0) copy_to_device(to.device(), to.data(), from.data(), from.bytes());
}

}  // namespace

Tensor moved(const Tensor& x, Device device) {
  if (x.device() == device) return x;
  if (Recorder* recorder = Recorder::current()) {
    recorder->drop("moves a tensor to " + name(device));
  }
  if (device.type == DeviceType::kCpu) return on_host(x);
  const Tensor here = on_host(x);
  const Tensor out = make_on(device, x.spec());
  copy_there(here, out);
  return out;
}

Tensor on_host(const Tensor& x) {
  if (x.device().type == DeviceType::kCpu) return x;
  const Tensor out = make_on(kCpu, x.spec());
  copy_here(x, out);
  return out;
}

Tensor settled(const Tensor& x) {
  if (x.device().type == DeviceType::kCpu || !reaches_host(x.device(), x.data())) return x;
  const Tensor out = make_on(x.device(), x.spec());
  copy_there(x, out);
  return out;
}

void put_contents(const Tensor& x, Device device, void* target) {
  if (x.numel() == 0) return;
  if (x.device() == device) {
    copy_block_of(device, target, x.data(), x.bytes());
  } else if (device.type == DeviceType::kCpu) {
    copy_to_host(x.device(), target, x.data(), x.bytes());
  } else {
    copy_to_device(device, target, on_host(x).data(), x.bytes());
  }
}

Tensor from_host(const void* data, const Shape& shape, DType dtype) {
  const size_t bytes = static_cast<size_t>(shape.numel()) * item_size(dtype);
  const bool copied = works_on_device() && bytes > kReadInPlace && !BufferPool::current();
  const Tensor out = copied ? make_on(current_device(), {shape, dtype}) : host_tensor(shape, dtype);
  if (copied) {
    copy_to_device(current_device(), out.data(), data, bytes);
  } else if (bytes > 0) {
    std::memcpy(out.data(), data, bytes);
  }
  return out;
}

}  // namespace mark1
