#include "ops/dropout/dropout.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_dropout(OpModule& module) {
  module.def("dropout", [](py::handle x, const Tensor& state, double rate) {
    return dropout(to_float_tensor(x), state, rate);
  });
}

}  // namespace mark1
