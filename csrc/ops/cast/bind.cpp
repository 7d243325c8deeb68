#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/cast/cast.h"

namespace mark1 {

void bind_cast(OpModule& module) {
  module.def("cast",
             [](py::handle x, py::handle dtype) { return cast(to_tensor(x), to_dtype(dtype)); });
}

}  // namespace mark1
