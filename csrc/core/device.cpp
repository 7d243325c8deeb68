#include "core/device.h"

#include <atomic>

#include "core/error.h"

namespace mark1 {
namespace {

std::atomic<const Mark1DeviceApi*> cuda{nullptr};

void check(const Mark1DeviceApi& api, int status) {
  if (status != 0) fail<DeviceError>("cuda", api.last_error());
}

}  // namespace

void attach_device_api(const Mark1DeviceApi* api) {
  if (api->version != MARK1_DEVICE_API_VERSION || api->size < sizeof(Mark1DeviceApi)) {
    fail<DeviceError>("cuda", "the CUDA extension speaks version ", api->version,
                      " of the device interface, this build needs ", MARK1_DEVICE_API_VERSION,
                      ". Install both from one build");
  }
  cuda = api;
}

std::vector<std::string> describe_devices() {
  std::vector<std::string> devices = {"cpu:0"};
  const Mark1DeviceApi* api = cuda;
  if (!api) return devices;
  int count = 0;
  check(*api, api->device_count(&count));
  for (int i = 0; i < count; ++i) {
    char text[256] = "";
    check(*api, api->describe(i, text, sizeof(text)));
    devices.push_back("cuda:" + std::to_string(i) + " " + text);
  }
  return devices;
}

}  // namespace mark1
