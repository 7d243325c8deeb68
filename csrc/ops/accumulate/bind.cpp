#include "ops/accumulate/accumulate.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_accumulate(OpModule& module) {
  module.def("accumulate", [](Variable& total, py::handle values, py::handle weights) {
    const Tensor x = to_float_tensor(values);
    if (weights.is_none()) return accumulate(total, x, nullptr);
    const Tensor w = to_tensor(weights, x.dtype());
    accumulate(total, x, &w);
  });
}

}  // namespace mark1
