#include "core/cpu_limit.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

namespace mark1 {
namespace {

// Processors a cgroup quota allows, rounded up; 0 when there is no limit.
int quota_cpus(double quota, double period) {
  if (quota <= 0 || period <= 0) return 0;
  return std::max(1, static_cast<int>(quota / period + 0.999));
}

int cgroup_cpus() {
  std::ifstream v2("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (v2 >> quota >> period) {
    return quota == "max" ? 0 : quota_cpus(std::strtod(quota.c_str(), nullptr), period);
  }
  std::ifstream v1_quota("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream v1_period("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double microseconds = 0;
  if (v1_quota >> microseconds && v1_period >> period) return quota_cpus(microseconds, period);
  return 0;
}

int affinity_cpus() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

int available_cpus() {
  const int affinity = std::max(1, affinity_cpus());
  const int quota = cgroup_cpus();
  return quota > 0 ? std::min(affinity, quota) : affinity;
}

}  // namespace mark1
