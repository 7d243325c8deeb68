// How many processors this process may use.
#pragma once

namespace mark1 {

// Affinity mask and cgroup quota (v2 and v1), whichever is smaller; at least 1. Reads files, so it
// is called at first use, never at import.
int available_cpus();

}  // namespace mark1
