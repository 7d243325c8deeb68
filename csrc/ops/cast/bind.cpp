#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/cast/cast.h"

namespace mark1 {

void bind_cast(py::module_& module) {
  module.def("cast", [](py::handle x, const std::string& dtype) {
    return cast(to_tensor(x), dtype_from_name(dtype));
  });
}

}  // namespace mark1
