// The process-wide pool of threads: static partition, spin then sleep, rebuilt after fork.
#pragma once

#include "core/kernel.h"

namespace mark1 {

// Runs body(context, team) on `size` threads, the caller being rank 0; returns when all are done.
// Nested calls and calls that find the pool busy run with a team of one: by the promise of
// canonical arithmetic the bits are the same.
void run_team(int size, void (*body)(const void* context, const Team& team), const void* context);

// Threads a launch may use: set_num_threads, else MARK1_NUM_THREADS, else the processors this
// process may use (affinity, cgroup quota). No thread is started before the first large launch.
int num_threads();
void set_num_threads(int threads);

}  // namespace mark1
