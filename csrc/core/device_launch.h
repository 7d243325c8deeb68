// How a launch runs on a device.
#pragma once

#include "core/launch.h"

namespace mark1 {

// A DeviceError if an operand does not lie on the current device.
void check_places(const Launch& call);

// Queues the kernel on the current device, with a thread per element of the results if the op sets
// no limit; a check waits for the device and runs on the host.
void run_on_device(const Launch& call);

// Queues a kernel whose results have so many elements; most_members as in LaunchLimits.
void queue_kernel(const char* op, void (*run)(const void* args, const Team& team), const void* args,
                  int64_t elements, int most_members);

// Largest team for ops with scratch memory per member.
int device_members(double work);

}  // namespace mark1
