#include "ops/sort/sort.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_sort(OpModule& module) {
  module.def("argsort", [](py::handle x, bool descending, int64_t k) {
    return argsort(to_tensor(x), descending, k);
  });
  module.def("sort", [](py::handle x) { return sort(to_tensor(x)); });
}

}  // namespace mark1
