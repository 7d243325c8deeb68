#include "ops/fill/fill.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_fill(py::module_& module) {
  module.def("full", [](py::handle shape, py::handle value, py::handle dtype) {
    return full(to_shape(shape), to_tensor(value, to_dtype(dtype)));
  });
}

}  // namespace mark1
