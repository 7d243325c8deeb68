#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/cumsum/cumsum.h"

namespace mark1 {

void bind_cumsum(OpModule& module) {
  module.def("cumsum", [](py::handle x, int64_t axis, bool reverse) {
    return cumsum(to_tensor(x), axis, reverse);
  });
  module.def("cumprod", [](py::handle x, int64_t axis, bool reverse) {
    return cumprod(to_tensor(x), axis, reverse);
  });
  module.def("recurrence", [](py::handle x, py::handle factors, int64_t axis, bool reverse) {
    return recurrence(to_float_tensor(x), to_float_tensor(factors), axis, reverse);
  });
}

}  // namespace mark1
