#include "ops/fill/fill.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_fill(py::module_& module) {
  module.def("full", [](py::handle shape, py::handle value, const std::string& dtype) {
    return full(to_shape(shape), to_tensor(value, dtype_from_name(dtype)));
  });
}

}  // namespace mark1
