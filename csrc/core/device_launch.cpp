#include "core/device_launch.h"

#include <algorithm>
#include <atomic>

#include "core/device_memory.h"
#include "core/error.h"
#include "core/transfer.h"

namespace mark1 {
namespace {

constexpr int64_t kMostThreads = int64_t{1} << 30;

void check_now(const Check& check) {
  const int64_t place = value_at(check.wrong);
  if (place < 0) return;
  const auto size = static_cast<size_t>(check.value_size);
  uint64_t value = 0;
  copy_to_host(current_device(), &value, static_cast<const char*>(check.values) + place * size,
               size);
  check.refuse(&check, place, &value);
}

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

void queue_kernel(const char* op, void (*run)(const void* args, const Team& team), const void* args,
                  int64_t elements, int most_members, const Guard& guard) {
  const int64_t most = most_members > 0 ? most_members : kMostThreads;
  const int threads = static_cast<int>(std::clamp<int64_t>(elements, 1, most));
  const Mark1DeviceApi& api = device_api();
  const Device device = current_device();
  Mark1Queue queue = {nullptr, guard.alarm, guard.limit};
  check_device(op, api.stream(device.index, &queue.stream));
  run(args, Team{0, threads, &queue});
  check_device(op, api.launched(device.index));
}

void queue_copy(const char* op, void* to, const void* from, size_t bytes, const Guard& guard) {
  const CopyBytesArgs args = {from, to, static_cast<int64_t>(bytes)};
  if (bytes > 0) queue_kernel(op, core_kernels().copy_bytes.run, &args, 1, 1, guard);
}

const DeviceKernels& core_kernels() {
  static std::atomic<const void*> known{nullptr};
  return *static_cast<const DeviceKernels*>(
      device_kernels("device_kernels", sizeof(DeviceKernels), known));
}

void run_on_device(const Launch& call) {
  if (call.kind == LaunchKind::kCheck) return check_now(*static_cast<const Check*>(call.args));
  if (!call.run) fail<DeviceError>(call.op, "has no CUDA kernel for these dtypes");
  int64_t elements = 0;
  for (const Tensor* tensor : call.outputs) elements += tensor->numel();
  queue_kernel(call.op, call.run, call.args, elements, call.limits.most_members);
}

}  // namespace mark1
