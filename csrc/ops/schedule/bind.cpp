#include "ops/schedule/schedule.h"

#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_schedule(OpModule& module) {
  module.def("schedule",
             [](const std::string& kind, py::handle step, const std::vector<double>& numbers) {
               return schedule(kind, to_tensor(step), numbers);
             });
}

}  // namespace mark1
