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
  bind("bitwise_and", Binary::kBitwiseAnd);
  bind("bitwise_or", Binary::kBitwiseOr);
  bind("bitwise_xor", Binary::kBitwiseXor);
  bind("left_shift", Binary::kLeftShift);
  bind("right_shift", Binary::kRightShift);
  const auto bind_real = [&](const char* name, Binary op) {
    module.def(name, [op](py::handle x, py::handle y) {
      const auto [left, right] = to_promoted(x, y);
      if (is_float(left.dtype())) return broadcast(op, left, right);
      return broadcast(op, to_float_tensor(py::cast(left)), to_float_tensor(py::cast(right)));
    });
  };
  bind_real("divide", Binary::kDivide);
  bind_real("arctan2", Binary::kArctan2);
  bind_real("nextafter", Binary::kNextafter);
}

}  // namespace mark1
