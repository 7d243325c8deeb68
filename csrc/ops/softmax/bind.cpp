#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/softmax/softmax.h"

namespace mark1 {

void bind_softmax(OpModule& module) {
  module.def("softmax", [](py::handle x) { return softmax(to_float_tensor(x)); });
  module.def("log_softmax", [](py::handle x) { return log_softmax(to_float_tensor(x)); });
  module.def("softmax_backward", &softmax_backward);
  module.def("log_softmax_backward", &log_softmax_backward);
}

}  // namespace mark1
