// Kernels that the core itself needs on devices.
#pragma once

#include <cstddef>

#include "core/kernel.h"

namespace mark1 {

inline constexpr int64_t kQuiet = INT64_MAX;

// What the first check that refused a value had before it. `entry` comes first: guards read it.
struct Refused {
  int64_t entry;  // of the program; kQuiet if there was none
  int64_t place;
  uint64_t value;  // its bytes
};

// If *wrong is a place and nothing has been refused so far: notes it in the device's memory, and in
// the host's that the device reaches.
struct RaiseArgs {
  Refused* here;
  Refused* on_host;
  const int64_t* wrong;
  const void* values;
  int64_t value_size;
  int64_t entry;
};

// Steps after one that refused something leave out everything.
struct EndStepArgs {
  Refused* here;
};

struct CopyBytesArgs {
  const void* from;
  void* to;
  int64_t bytes;
};

struct DeviceKernels {
  Kernel<RaiseArgs> raise;
  Kernel<EndStepArgs> end_step;
  Kernel<CopyBytesArgs> copy_bytes;
};

}  // namespace mark1
