// Products of float64 on a device's matrix units. These are used after the device has shown that
// they have the bits of numerics.md, and never by a device that has not.
#pragma once

#include <string>

#include "core/kernel.h"

namespace mark1 {

// Compares units with chains of fused multiply-adds made by ordinary cores.
struct DoubleUnitsArgs {
  int64_t* wrong;  // becomes the least number of a case that differs; -1 before, and if none does
};

struct DoubleUnitsKernels {
  Kernel<DoubleUnitsArgs> check;
  int64_t chains;           // that it compares
  const char* (*absent)();  // why the current device's units are not worth a look; null if they are
  void (*use)(bool use);    // what is planned from now on for the current device
};

// Has the current device checked, once. To be called before a product of float64 is planned; never
// while a graph is made, because it waits for the device.
void find_double_units();

// Says whether the current device multiplies float64 on matrix units, and why (not).
std::string describe_double_units();

}  // namespace mark1
