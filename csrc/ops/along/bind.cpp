#include "ops/along/along.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_along(OpModule& module) {
  module.def("take_along", [](py::handle x, py::handle indices, int64_t axis) {
    return take_along(to_tensor(x), to_tensor(indices), axis);
  });
  module.def("add_along", [](py::handle x, py::handle indices, int64_t axis, int64_t n) {
    return add_along(to_tensor(x), to_tensor(indices), axis, n);
  });
}

}  // namespace mark1
