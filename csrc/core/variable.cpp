#include "core/variable.h"

#include <cstring>

namespace mark1 {

const Tensor& Variable::writable(bool keep) {
  if (!value_.storage().unique() || value_.storage()->release) {
    Tensor fresh(value_.spec());
    if (keep) std::memcpy(fresh.data(), value_.data(), value_.bytes());
    fresh.set_id(id_);
    value_ = fresh;
  }
  return value_;
}

void Variable::assign(const Tensor& value) {
  if (!(value.shape() == value_.shape())) {
    fail<ValueError>("assign", "the variable has shape ", value_.shape(), ", the value ",
                     value.shape());
  }
  if (value.dtype() != value_.dtype()) {
    fail<TypeError>("assign", "the variable is ", name(value_.dtype()), ", the value ",
                    name(value.dtype()));
  }
  const Tensor held = value;  // it may be this variable's own storage
  std::memcpy(writable(false).data(), held.data(), held.bytes());
}

}  // namespace mark1
