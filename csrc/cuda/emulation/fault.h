// Failures that tests ask for, by MARK1_CUDA_EMULATION_FAULT: the name of an error of CUDA, which
// counting devices then reports; "kernel:TEXT", where the first kernel with TEXT in its name fails,
// and with it everything after it; or "units:KIND", where matrix units for float64 add up
// differently (double_units.cpp) or, with KIND wgmma, those of warpgroups do.
#pragma once

#include <string>

namespace mark1::gpu {

// The error that counting devices reports; empty if none.
std::string counting_fault();
// Told of every kernel that is about to run. False if it must not: the device is lost.
bool may_run(const char* name);
bool device_lost();
// How units go wrong; empty if they do not.
std::string units_fault();

}  // namespace mark1::gpu
