#include "ops/pad/pad.h"

#include <pybind11/stl.h>

#include <utility>

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_pad(OpModule& module) {
  module.def("pad", [](py::handle x, const std::vector<std::pair<int64_t, int64_t>>& widths,
                       const std::string& mode, py::handle value) {
    std::vector<PadWidth> given;
    for (const auto& [before, after] : widths) given.push_back({before, after});
    const Tensor tensor = to_tensor(x);
    return pad(tensor, given, mode, to_host_tensor(value, tensor.dtype()));
  });
}

}  // namespace mark1
