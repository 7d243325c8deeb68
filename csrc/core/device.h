// Devices beyond the CPU, as far as an extension has attached them.
#pragma once

#include <string>
#include <vector>

#include "core/device_api.h"
#include "core/storage.h"

namespace mark1 {

// Takes the table of an accelerator extension; a DeviceError if it speaks another version.
void attach_device_api(const Mark1DeviceApi* api);

// One line per device that can be used: "cpu:0", "cuda:0 NVIDIA ...".
std::vector<std::string> describe_devices();

}  // namespace mark1
