#include "ops/gemm/double_units.h"

#include <atomic>
#include <mutex>

#include "core/device_launch.h"

namespace mark1 {
namespace {

constexpr int kDevices = 64;

// Written once per device, before it is known.
struct Found {
  std::atomic<bool> known{false};
  std::string text;
};

Found found[kDevices];
std::mutex mutex;

// A number in the memory of a device. Not a tensor: this may run while a program is recorded, whose
// memory has to be the same again.
class Number {
 public:
  explicit Number(int device) : api_(device_api()), device_(device) {
    check_device(kOp, api_.allocate(device, sizeof(int64_t), &data_));
  }
  ~Number() { api_.release(device_, data_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;

  int64_t* data() const { return static_cast<int64_t*>(data_); }
  void put(int64_t value) const {
    check_device(kOp, api_.copy(device_, data_, &value, sizeof(value), MARK1_COPY_TO_DEVICE));
  }
  int64_t get() const {
    int64_t value = 0;
    check_device(kOp, api_.copy(device_, &value, data_, sizeof(value), MARK1_COPY_TO_HOST));
    return value;
  }

  static constexpr const char* kOp = "double_units";

 private:
  const Mark1DeviceApi& api_;
  const int device_;
  void* data_ = nullptr;
};

std::string check_units(Device device) {
  static std::atomic<const void*> table{nullptr};
  const auto& kernels = *static_cast<const DoubleUnitsKernels*>(
      device_kernels("double_units_kernels", sizeof(DoubleUnitsKernels), table));
  const Number wrong(device.index);
  wrong.put(-1);
  if (const char* reason = kernels.absent()) return std::string("ordinary cores: ") + reason;
  const DoubleUnitsArgs args = {wrong.data()};
  queue_kernel(Number::kOp, kernels.check.run, &args, 1, 1);
  const int64_t number = wrong.get();
  kernels.use(number < 0);
  const std::string chains = std::to_string(kernels.chains);
  if (number < 0) return "matrix units, which gave the bits of " + chains + " chains";
  return "ordinary cores: matrix units round in another way (case " + std::to_string(number) +
         " of " + chains + " chains)";
}

const std::string& found_on(Device device) {
  Found& it = found[device.index % kDevices];
  if (it.known.load(std::memory_order_acquire)) return it.text;
  const std::lock_guard lock(mutex);
  if (!it.known.load(std::memory_order_relaxed)) {
    it.text = check_units(device);
    it.known.store(true, std::memory_order_release);
  }
  return it.text;
}

}  // namespace

void find_double_units() {
  found_on(current_device());
}

std::string describe_double_units() {
  return found_on(current_device());
}

}  // namespace mark1
