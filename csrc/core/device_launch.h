// How a launch runs on a device.
#pragma once

#include "core/device_kernels.h"
#include "core/launch.h"

namespace mark1 {

// A DeviceError if an operand does not lie on the current device.
void check_places(const Launch& call);

// Queues the kernel on the current device, with a thread per element of the results if the op sets
// no limit; a check waits for the device.
void run_on_device(const Launch& call);

// Leaves queued work out if, when its turn comes, there is a number in the device's memory below
// the limit.
struct Guard {
  const int64_t* alarm = nullptr;
  int64_t limit = kQuiet;
};

// Queues a kernel whose results have so many elements; most_members as in LaunchLimits.
void queue_kernel(const char* op, void (*run)(const void* args, const Team& team), const void* args,
                  int64_t elements, int most_members, const Guard& guard = {});

// Queues a copy on the current device; it reaches pinned memory of the host, too.
void queue_copy(const char* op, void* to, const void* from, size_t bytes, const Guard& guard = {});

const DeviceKernels& core_kernels();

}  // namespace mark1
