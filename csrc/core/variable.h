// A named, assignable tensor.
#pragma once

#include <memory>

#include "core/gate.h"
#include "core/tensor.h"

namespace mark1 {

// What a variable consists of; programs hold on to it.
struct VariableCell {
  int64_t id = next_tensor_id();
  Tensor value;
  Gate gate;
};

// The value is written in place while nobody else holds it, and replaced otherwise: a tape that
// saved the old value keeps it. Every value carries the variable's id.
class Variable {
 public:
  explicit Variable(const Tensor& value);

  int64_t id() const { return cell_->id; }
  const Shape& shape() const { return cell_->value.shape(); }
  DType dtype() const { return cell_->value.dtype(); }
  Device device() const { return cell_->value.device(); }
  const Tensor& value() const;

  // Copies `value`, which has this variable's shape and dtype and may lie anywhere.
  void assign(const Tensor& value);

  // The value, on storage of its own: what an optimizer may update in place. `keep` copies the old
  // contents when the storage has to be replaced.
  const Tensor& writable(bool keep = true);

  // Puts the value on a device, where it stays. Not within a recorded step.
  void move_to(Device device);

 private:
  std::shared_ptr<VariableCell> cell_;
};

// Whether others hold the value, too, so that it must not be written in place.
bool shared(const VariableCell& cell);

// Puts a copy, or uninitialised memory, in the place of the value.
inline constexpr const char* kCopyOnWrite = "copy_on_write";
void replace(VariableCell& cell, bool keep);

// A copy of bytes, as a launch.
void launch_copy(const char* op, const Tensor& from, const Tensor& to);

}  // namespace mark1
