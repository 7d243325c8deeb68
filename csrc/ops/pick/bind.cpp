#include "ops/pick/pick.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_pick(OpModule& module) {
  module.def("pick",
             [](py::handle x, py::handle index) { return pick(to_tensor(x), to_tensor(index)); });
  module.def("place", [](py::handle x, py::handle index, int64_t n) {
    return place(to_tensor(x), to_tensor(index), n);
  });
}

}  // namespace mark1
