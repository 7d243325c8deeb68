#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/broadcast/broadcast.h"

namespace mark1 {

void bind_broadcast(OpModule& module) {
  const auto bind = [&](const char* name, Binary op) {
    module.def(name, [op](py::handle x, py::handle y) {
      const auto [left, right] = to_promoted(x, y);
      return broadcast(op, left, right);
    });
  };
  bind("add", Binary::kAdd);
  bind("subtract", Binary::kSubtract);
  bind("multiply", Binary::kMultiply);
  bind("maximum", Binary::kMaximum);
  bind("minimum", Binary::kMinimum);
  bind("power", Binary::kPower);
  bind("floor_divide", Binary::kFloorDivide);
  bind("mod", Binary::kMod);
  module.def("divide", [](py::handle x, py::handle y) {
    const auto [left, right] = to_promoted(x, y);
    if (is_float(left.dtype())) return broadcast(Binary::kDivide, left, right);
    return broadcast(Binary::kDivide, to_float_tensor(py::cast(left)),
                     to_float_tensor(py::cast(right)));
  });
}

}  // namespace mark1
