#include "ops/copy/copy.h"

#include <pybind11/stl.h>

#include <array>

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

namespace {

// (start, step, length) per axis.
std::vector<Cut> to_cuts(const std::vector<std::array<int64_t, 3>>& triples) {
  std::vector<Cut> cuts;
  for (const auto& [start, step, length] : triples) cuts.push_back({start, step, length});
  return cuts;
}

}  // namespace

void bind_copy(OpModule& module) {
  module.def("transpose", [](py::handle x, const std::vector<int64_t>& axes) {
    return transpose(to_tensor(x), axes);
  });
  module.def("broadcast_to", [](py::handle x, py::handle shape) {
    return broadcast_to(to_tensor(x), to_shape(shape));
  });
  module.def("slice", [](py::handle x, const std::vector<std::array<int64_t, 3>>& cuts) {
    return slice(to_tensor(x), to_cuts(cuts));
  });
  module.def("paste",
             [](py::handle x, py::handle shape, const std::vector<std::array<int64_t, 3>>& cuts) {
               return paste(to_tensor(x), to_shape(shape), to_cuts(cuts));
             });
}

}  // namespace mark1
