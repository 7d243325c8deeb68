#include "core/device.h"

#include "core/error.h"
#include "core/fork.h"

namespace mark1 {

namespace detail {

std::atomic<const Mark1DeviceApi*> attached{nullptr};

namespace {
thread_local Device chosen = kCpu;
}

Device chosen_device() {
  return chosen;
}

void choose_device(Device device) {
  chosen = device;
}

}  // namespace detail

namespace {

// The process, counted by forks, in which the extension was attached.
uint32_t home_generation = 0;
std::atomic<bool> lost{false};

int device_count() {
  int count = 0;
  if (has_devices()) check_device("cuda", device_api().device_count(&count));
  return count;
}

}  // namespace

std::string name(Device device) {
  return (device.type == DeviceType::kCpu ? "cpu:" : "cuda:") + std::to_string(device.index);
}

Device device_from_name(const std::string& text) {
  if (text == name(kCpu)) return kCpu;
  const int count = device_count();
  for (int i = 0; i < count; ++i) {
    const Device device = {DeviceType::kCuda, static_cast<int16_t>(i)};
    if (text == name(device)) return device;
  }
  fail<DeviceError>("device", "there is no '", text, "' among cpu:0 and ", count,
                    " CUDA devices. mark1.devices.list_devices() names them");
}

void attach_device_api(const Mark1DeviceApi* api) {
  if (api->version != MARK1_DEVICE_API_VERSION || api->size < sizeof(Mark1DeviceApi)) {
    fail<DeviceError>("cuda", "the CUDA extension speaks version ", api->version,
                      " of the device interface, this build needs ", MARK1_DEVICE_API_VERSION,
                      ". Install both from one build");
  }
  watch_forks();
  home_generation = fork_generation();
  detail::attached.store(api, std::memory_order_release);
}

bool devices_work() {
  return has_devices() && home_generation == fork_generation() && !lost;
}

const Mark1DeviceApi& device_api() {
  const Mark1DeviceApi* api = detail::attached.load(std::memory_order_acquire);
  if (!api) fail<DeviceError>("cuda", "no CUDA extension is attached");
  if (home_generation != fork_generation()) {
    fail<DeviceError>("cuda",
                      "this process was forked from one that used CUDA, which does not survive "
                      "that. The CPU can be used here; for CUDA start processes with "
                      "multiprocessing.get_context('spawn')");
  }
  if (lost) {
    fail<DeviceError>("cuda",
                      "a kernel has failed in this process, so devices can be used only by a new "
                      "one. What lies on the CPU is unharmed");
  }
  return *api;
}

void check_device(const char* op, int status) {
  if (status == 0) return;
  const char* text = detail::attached.load(std::memory_order_acquire)->last_error();
  if (status != MARK1_DEVICE_LOST) fail<DeviceError>(op, text);
  lost = true;
  fail<DeviceError>(
      op, "a kernel has failed: ", text,
      ". It may be that of an operation before this one: with CUDA_LAUNCH_BLOCKING=1 "
      "the error names it. Devices can be used again only by a new process; what lies "
      "on the CPU is unharmed");
}

std::vector<std::string> describe_devices() {
  std::vector<std::string> devices = {name(kCpu)};
  const int count = device_count();
  for (int i = 0; i < count; ++i) {
    char text[256] = "";
    check_device("cuda", device_api().describe(i, text, sizeof(text)));
    devices.push_back(name({DeviceType::kCuda, static_cast<int16_t>(i)}) + " " + text);
  }
  return devices;
}

const void* device_kernels(const char* table, size_t bytes, std::atomic<const void*>& known) {
  const void* kernels = known.load(std::memory_order_acquire);
  if (kernels) return kernels;
  kernels = device_api().kernels(table, bytes);
  if (!kernels) {
    const std::string text = table;
    const std::string op = text.substr(0, text.rfind("_kernels"));
    fail<DeviceError>(op.c_str(), "has no CUDA kernel. Run it on the CPU: x.to('cpu')");
  }
  known.store(kernels, std::memory_order_release);
  return kernels;
}

}  // namespace mark1
