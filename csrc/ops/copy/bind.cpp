#include "ops/copy/copy.h"

#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_copy(py::module_& module) {
  module.def("transpose", [](py::handle x, const std::vector<int64_t>& axes) {
    return transpose(to_tensor(x), axes);
  });
  module.def("broadcast_to", [](py::handle x, py::handle shape) {
    return broadcast_to(to_tensor(x), to_shape(shape));
  });
}

}  // namespace mark1
