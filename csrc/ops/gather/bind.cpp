#include "ops/gather/gather.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_gather(OpModule& module) {
  module.def("gather", [](py::handle x, py::handle indices) {
    return gather(to_tensor(x), to_tensor(indices));
  });
  module.def("scatter_add", [](py::handle dy, py::handle indices, int64_t rows) {
    return scatter_add(to_tensor(dy), to_tensor(indices), rows);
  });
}

}  // namespace mark1
