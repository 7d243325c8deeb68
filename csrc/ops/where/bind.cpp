#include "ops/where/where.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_where(OpModule& module) {
  // What is not zero is true.
  module.def("where", [](py::handle condition, py::handle x, py::handle y) {
    const auto [left, right] = to_promoted(x, y);
    return where(to_tensor(condition, DType::kBool), left, right);
  });
}

}  // namespace mark1
