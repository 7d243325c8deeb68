#include "ops/fill/fill.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_fill(OpModule& module) {
  module.def("full", [](py::handle shape, py::handle value, py::handle dtype) {
    return full(to_shape(shape), to_host_tensor(value, to_dtype(dtype)));
  });
}

}  // namespace mark1
