// The C table that an extension for devices exports.
#pragma once

#include "core/device_api.h"

extern "C" const Mark1DeviceApi* mark1_cuda_device_api(void);
