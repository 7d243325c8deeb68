#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/affine_transform/affine_transform.h"

namespace mark1 {

namespace {

Outside outside_of(int mode) {
  if (mode < 0 || mode > int(Outside::kReflect)) {
    fail<ValueError>("affine_transform", "there is no fill mode ", mode);
  }
  return static_cast<Outside>(mode);
}

}  // namespace

void bind_affine_transform(OpModule& module) {
  module.def("affine_transform", [](py::handle x, py::handle transform, int64_t height,
                                    int64_t width, int mode, bool nearest, double fill) {
    return affine_transform(to_float_tensor(x), to_float_tensor(transform), height, width,
                            outside_of(mode), nearest, fill);
  });
  module.def("affine_transform_gradient", [](py::handle dy, py::handle transform, int64_t height,
                                             int64_t width, int mode, bool nearest) {
    return affine_transform_gradient(to_float_tensor(dy), to_float_tensor(transform), height, width,
                                     outside_of(mode), nearest);
  });
}

}  // namespace mark1
