// The device table that this extension exports.
#pragma once

#include "core/device_api.h"

extern "C" const Mark1DeviceApi* mark1_cuda_device_api(void);
