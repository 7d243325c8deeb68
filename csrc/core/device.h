// Devices beyond the CPU, as far as an extension has attached them, and the one in force.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "core/device_api.h"
#include "core/storage.h"

namespace mark1 {

inline constexpr Device kCpu = {};

std::string name(Device device);
// Of a full name such as "cuda:0"; a DeviceError unless the extension reports such a device.
Device device_from_name(const std::string& name);

// Takes the table of an accelerator extension; a DeviceError if it speaks another version.
void attach_device_api(const Mark1DeviceApi* api);

// The table that was attached; a DeviceError if none was, if a kernel has failed since, or in the
// child of a fork, where CUDA does not work.
const Mark1DeviceApi& device_api();
// Whether device_api() would give the table.
bool devices_work();
// Throws what a function of the table reports as a DeviceError.
void check_device(const char* op, int status);

// One line per device that can be used: "cpu:0", "cuda:0 NVIDIA ...".
std::vector<std::string> describe_devices();

// An op's table of kernels on the current device, kept in `known`; a DeviceError if there is none.
const void* device_kernels(const char* table, size_t bytes, std::atomic<const void*>& known);

namespace detail {
extern std::atomic<const Mark1DeviceApi*> attached;
Device chosen_device();
void choose_device(Device device);
}  // namespace detail

// Whether there is anything but the CPU. Until an extension is attached, all questions about
// devices end here, at the price of one load.
inline bool has_devices() {
  return detail::attached.load(std::memory_order_relaxed) != nullptr;
}

// Where this thread makes tensors and runs kernels.
inline Device current_device() {
  return has_devices() ? detail::chosen_device() : kCpu;
}

inline bool works_on_device() {
  return has_devices() && detail::chosen_device().type != DeviceType::kCpu;
}

// A stretch of this thread's work on a device.
class DeviceScope {
 public:
  explicit DeviceScope(Device device) : outer_(current_device()) {
    if (!(device == outer_)) detail::choose_device(device);
  }
  ~DeviceScope() {
    if (has_devices()) detail::choose_device(outer_);
  }
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  Device outer_;
};

}  // namespace mark1
