#include "core/variable.h"

#include <cstring>

#include "core/device_launch.h"
#include "core/recorder.h"
#include "core/transfer.h"

namespace mark1 {
namespace {

void copy_bytes(const CopyBytesArgs& args, const Team& team) {
  const Range share = static_range(args.bytes, 4096, team);
  std::memcpy(static_cast<char*>(args.to) + share.begin,
              static_cast<const char*>(args.from) + share.begin,
              static_cast<size_t>(share.end - share.begin));
}

}  // namespace

void launch_copy(const char* op, const Tensor& from, const Tensor& to) {
  const CopyBytesArgs args = {from.data(), to.data(), static_cast<int64_t>(to.bytes())};
  const DeviceScope scope(to.device());
  const auto kernel =
      works_on_device() ? core_kernels().copy_bytes : make_kernel<CopyBytesArgs, &copy_bytes>();
  // About 10 bytes per nanosecond and thread.
  launch(op, kernel, args, 0.1 * static_cast<double>(args.bytes), {&from}, {&to},
         {.keep_interpreter = true});
}

bool shared(const VariableCell& cell) {
  const StoragePtr& storage = cell.value.storage();
  return !storage.unique() || storage->release;
}

void replace(VariableCell& cell, bool keep) {
  const DeviceScope scope(cell.value.device());
  Tensor fresh(cell.value.spec());
  if (keep) launch_copy(kCopyOnWrite, cell.value, fresh);
  fresh.set_id(cell.id);
  cell.value = fresh;
}

Variable::Variable(const Tensor& value) : cell_(std::make_shared<VariableCell>()) {
  if (Recorder* recorder = Recorder::current()) recorder->drop("creates a variable");
  cell_->value = settled(value);
  cell_->value.set_id(cell_->id);
}

const Tensor& Variable::value() const {
  cell_->gate.wait_for_reading();
  if (Recorder* recorder = Recorder::current()) recorder->uses(cell_, false);
  return cell_->value;
}

const Tensor& Variable::writable(bool keep) {
  cell_->gate.wait_for_writing();
  Recorder* recorder = Recorder::current();
  if (recorder) recorder->uses(cell_, true);
  if (shared(*cell_)) {
    const Tensor before = cell_->value;
    replace(*cell_, keep);
    if (recorder) recorder->moved(cell_, before);
  } else {
    wait_for_readers(*cell_->value.storage().get());
  }
  return cell_->value;
}

void Variable::move_to(Device device) {
  if (device == this->device()) return;
  cell_->gate.wait_for_writing();
  cell_->value = moved(cell_->value, device);
  cell_->value.set_id(cell_->id);
}

void Variable::assign(const Tensor& value) {
  if (!(value.shape() == shape())) {
    fail<ValueError>("assign", "the variable has shape ", shape(), ", the value ", value.shape());
  }
  if (value.dtype() != dtype()) {
    fail<TypeError>("assign", "the variable is ", name(dtype()), ", the value ",
                    name(value.dtype()));
  }
  const Tensor held = moved(value, device());  // it may be this variable's own storage
  launch_copy("assign", held, writable(false));
}

}  // namespace mark1
