#include "ops/concatenate/concatenate.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/cast/cast.h"

namespace mark1 {

void bind_concatenate(OpModule& module) {
  // Tensors of the dtype that all of them promote to.
  module.def("concatenate", [](py::sequence xs, int64_t axis) {
    std::vector<Tensor> tensors;
    for (py::handle x : xs) tensors.push_back(to_tensor(x));
    for (Tensor& x : tensors) {
      const DType dtype = promote(x.dtype(), tensors[0].dtype());
      if (tensors[0].dtype() != dtype) tensors[0] = cast(tensors[0], dtype);
    }
    for (Tensor& x : tensors) {
      if (x.dtype() != tensors[0].dtype()) x = cast(x, tensors[0].dtype());
    }
    return concatenate(tensors, axis);
  });
  module.def("roll", [](py::handle x, int64_t shift, int64_t axis) {
    return roll(to_tensor(x), shift, axis);
  });
}

}  // namespace mark1
