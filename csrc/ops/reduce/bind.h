// What bindings of reductions share.
#pragma once

#include <vector>

#include "bindings/bindings.h"

namespace mark1 {

// None: all axes.
std::vector<int64_t> to_axes(py::handle axis, int rank);

}  // namespace mark1
