#include "core/alarm.h"

#include "core/device_memory.h"

namespace mark1 {

Alarm::Alarm(Device device)
    : device_(device),
      here_(static_cast<Refused*>(take_block_of(device, sizeof(Refused)))),
      on_host_(static_cast<Refused*>(take_block_of(device, sizeof(Refused), true))) {
  reset();
}

Alarm::~Alarm() {
  give_block_of(device_, on_host_, sizeof(Refused));
  give_block_of(device_, here_, sizeof(Refused));
}

void Alarm::reset() {
  *on_host_ = {kQuiet, 0, 0};
  const DeviceScope scope(device_);
  queue_copy("program", here_, on_host_, sizeof(Refused));
}

void Alarm::queue(const char* op, const Check& check, int64_t entry) const {
  const RaiseArgs args = {here_, on_host_, check.wrong, check.values, check.value_size, entry};
  queue_kernel(op, core_kernels().raise.run, &args, 1, 1);
}

void Alarm::end_step() const {
  const EndStepArgs args = {here_};
  queue_kernel("program", core_kernels().end_step.run, &args, 1, 1);
}

bool Alarm::raised() const {
  return static_cast<const volatile Refused*>(on_host_)->entry != kQuiet;
}

}  // namespace mark1
