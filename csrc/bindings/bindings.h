// What every binding file needs.
#pragma once

#include <pybind11/pybind11.h>

#include "bindings/operands.h"
#include "core/tensor.h"

namespace mark1 {

namespace py = pybind11;

}  // namespace mark1
