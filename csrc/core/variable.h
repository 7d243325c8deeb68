// A named, assignable tensor.
#pragma once

#include "core/tensor.h"

namespace mark1 {

// The value is written in place while nobody else holds it, and replaced otherwise: a tape that
// saved the old value keeps it. Every value carries the variable's id.
class Variable {
 public:
  explicit Variable(const Tensor& value) : value_(value) { value_.set_id(id_); }

  int64_t id() const { return id_; }
  const Tensor& value() const { return value_; }

  // Copies `value`, which has this variable's shape and dtype.
  void assign(const Tensor& value);

  // The value, on storage of its own: what an optimizer may update in place. `keep` copies the old
  // contents when the storage has to be replaced.
  const Tensor& writable(bool keep = true);

 private:
  int64_t id_ = next_tensor_id();
  Tensor value_;
};

}  // namespace mark1
