#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/compare/compare.h"

namespace mark1 {

void bind_compare(OpModule& module) {
  const auto bind = [&](const char* name, Comparison op, bool exchanged = false) {
    module.def(name, [name, op, exchanged](py::handle x, py::handle y) {
      const auto [left, right] = to_promoted(x, y);
      return exchanged ? compare(name, op, right, left) : compare(name, op, left, right);
    });
  };
  bind("equal", Comparison::kEqual);
  bind("not_equal", Comparison::kNotEqual);
  bind("less", Comparison::kLess);
  bind("less_equal", Comparison::kLessEqual);
  bind("greater", Comparison::kLess, true);
  bind("greater_equal", Comparison::kLessEqual, true);
  // What is not zero is true.
  const auto bind_logic = [&](const char* name, Comparison op) {
    module.def(name, [name, op](py::handle x, py::handle y) {
      return compare(name, op, to_tensor(x, DType::kBool), to_tensor(y, DType::kBool));
    });
  };
  bind_logic("logical_and", Comparison::kAnd);
  bind_logic("logical_or", Comparison::kOr);
  bind_logic("logical_xor", Comparison::kXor);
  module.def("logical_not", [](py::handle object) {
    const Tensor x = to_tensor(object, DType::kBool);
    return compare("logical_not", Comparison::kEqual, x, scalar_tensor(0, DType::kBool));
  });
  const auto bind_class = [&](const char* name, Comparison op) {
    module.def(name, [name, op](py::handle object) {
      const Tensor x = to_float_tensor(object);
      return compare(name, op, x, x);
    });
  };
  bind_class("isnan", Comparison::kNotEqual);
  bind_class("isinf", Comparison::kIsInf);
  bind_class("isfinite", Comparison::kIsFinite);
}

}  // namespace mark1
