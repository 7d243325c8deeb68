#include "ops/batch_norm/batch_norm.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {
namespace {

// None, or an array in x's dtype.
std::optional<Tensor> to_channels(py::handle object, const Tensor& x) {
  if (object.is_none()) return std::nullopt;
  return to_tensor(object, x.dtype());
}

const Tensor* pointer(const std::optional<Tensor>& tensor) {
  return tensor ? &*tensor : nullptr;
}

py::tuple as_tuple(const BatchNormed& out) {
  return py::make_tuple(out.y, out.stats);
}

}  // namespace

void bind_batch_norm(OpModule& module) {
  module.def("batch_norm",
             [](py::handle object, py::handle scale, py::handle offset, Variable* moving_mean,
                Variable* moving_variance, double momentum, double epsilon) {
               const Tensor x = to_float_tensor(object);
               const auto factors = to_channels(scale, x), offsets = to_channels(offset, x);
               return as_tuple(batch_norm(x, pointer(factors), pointer(offsets), moving_mean,
                                          moving_variance, momentum, epsilon));
             });
  module.def("frozen_batch_norm", [](py::handle object, py::handle mean, py::handle variance,
                                     py::handle scale, py::handle offset, double epsilon) {
    const Tensor x = to_float_tensor(object);
    const auto factors = to_channels(scale, x), offsets = to_channels(offset, x);
    return as_tuple(frozen_batch_norm(x, to_tensor(mean, x.dtype()), to_tensor(variance, x.dtype()),
                                      pointer(factors), pointer(offsets), epsilon));
  });
  module.def("group_norm", [](py::handle object, py::handle scale, py::handle offset,
                              int64_t groups, double epsilon) {
    const Tensor x = to_float_tensor(object);
    const auto factors = to_channels(scale, x), offsets = to_channels(offset, x);
    return as_tuple(group_norm(x, pointer(factors), pointer(offsets), groups, epsilon));
  });
  module.def("batch_norm_backward", [](const Tensor& dy, const Tensor& x, py::handle scale,
                                       const Tensor& stats, int64_t groups, bool frozen) {
    const auto factors = to_channels(scale, x);
    const BatchNormGradients out =
        batch_norm_backward(dy, x, pointer(factors), stats, groups, frozen);
    return py::make_tuple(out.dx, out.dscale, out.doffset);
  });
}

}  // namespace mark1
