#include "ops/accuracy/accuracy.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_accuracy(OpModule& module) {
  module.def("index_matches", [](py::handle labels, py::handle classes) {
    return index_matches(to_tensor(labels), to_tensor(classes));
  });
  module.def("binary_matches", [](py::handle y_true, py::handle y_pred, double threshold) {
    return binary_matches(to_tensor(y_true), to_float_tensor(y_pred), threshold);
  });
}

}  // namespace mark1
