#include "core/device_mark.h"

#include "core/device_memory.h"

namespace mark1 {

DeviceMark::DeviceMark(Device device) : device_(device) {
  check_device("mark", device_api().make_mark(device_.index, &mark_));
}

// Called by destructors: a mark that fails to be released is lost and nothing wrong.
DeviceMark::~DeviceMark() {
  if (devices_work()) device_api().release_mark(device_.index, mark_);
}

void DeviceMark::set(int queue) {
  check_device("mark", device_api().set_mark(device_.index, queue, mark_));
}

void DeviceMark::hold(int queue) const {
  check_device("mark", device_api().wait_for_mark(device_.index, queue, mark_));
}

bool DeviceMark::reached() const {
  int reached = 0;
  check_device("mark", device_api().mark_reached(device_.index, mark_, &reached));
  return reached != 0;
}

void DeviceMark::await() const {
  if (reached()) return;
  count_wait_for_mark();
  check_device("mark", device_api().host_waits_for_mark(device_.index, mark_));
}

}  // namespace mark1
