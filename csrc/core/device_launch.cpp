#include "core/device_launch.h"

#include <algorithm>

#include "core/device_memory.h"
#include "core/error.h"

namespace mark1 {
namespace {

// Scratch memory of an op may be half a megabyte per member.
constexpr double kMostMembers = 128;
constexpr double kWorkPerMember = 100;  // nanoseconds of a CPU's thread

constexpr int64_t kMostThreads = int64_t{1} << 30;

}  // namespace

void check_places(const Launch& call) {
  const Device device = current_device();
  for (const TensorList& list : {call.inputs, call.outputs}) {
    for (const Tensor* tensor : list) {
      if (tensor->device() == device) continue;
      fail<DeviceError>(call.op, "operands lie on ", name(device), " and ", name(tensor->device()),
                        ". Move one with x.to('", name(device), "')");
    }
  }
}

int device_members(double work) {
  return static_cast<int>(std::clamp(work / kWorkPerMember, 1.0, kMostMembers));
}

void queue_kernel(const char* op, void (*run)(const void* args, const Team& team), const void* args,
                  int64_t elements, int most_members) {
  const int64_t most = most_members > 0 ? most_members : kMostThreads;
  const int threads = static_cast<int>(std::clamp<int64_t>(elements, 1, most));
  const Mark1DeviceApi& api = device_api();
  const Device device = current_device();
  void* stream = nullptr;
  check_device(op, api.stream(device.index, &stream));
  run(args, Team{0, threads, stream});
  check_device(op, api.launched(device.index));
}

void run_on_device(const Launch& call) {
  if (call.kind != LaunchKind::kKernel) {
    if (call.kind == LaunchKind::kCheck) synchronize(current_device());
    call.run(call.args, Team{});
    return;
  }
  if (!call.run) fail<DeviceError>(call.op, "has no CUDA kernel for these dtypes");
  int64_t elements = 0;
  for (const Tensor* tensor : call.outputs) elements += tensor->numel();
  queue_kernel(call.op, call.run, call.args, elements, call.limits.most_members);
}

}  // namespace mark1
