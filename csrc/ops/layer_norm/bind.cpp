#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/layer_norm/layer_norm.h"

namespace mark1 {
namespace {

// None, or an array in x's dtype.
std::optional<Tensor> to_factors(py::handle object, const Tensor& x) {
  if (object.is_none()) return std::nullopt;
  return to_tensor(object, x.dtype());
}

const Tensor* pointer(const std::optional<Tensor>& tensor) {
  return tensor ? &*tensor : nullptr;
}

py::object or_none(const Tensor& tensor) {
  return tensor.storage() ? py::cast(tensor) : py::none();
}

RowNorm kind_of(int kind) {
  if (kind < 0 || kind >= kRowNorms) fail<ValueError>("layer_norm", "there is no kind ", kind);
  return static_cast<RowNorm>(kind);
}

}  // namespace

void bind_layer_norm(OpModule& module) {
  module.def("layer_norm", [](int kind, py::handle object, py::handle scale, py::handle offset,
                              int axes, double epsilon) {
    const Tensor x = to_float_tensor(object);
    const auto factors = to_factors(scale, x), offsets = to_factors(offset, x);
    const RowNormed out =
        row_norm(kind_of(kind), x, pointer(factors), pointer(offsets), axes, epsilon);
    return py::make_tuple(out.y, out.stats);
  });
  module.def("layer_norm_backward",
             [](int kind, const Tensor& dy, const Tensor& x, py::handle scale, const Tensor& stats,
                int axes, bool with_offset, double epsilon) {
               const auto factors = to_factors(scale, x);
               const RowNormGradients out = row_norm_backward(
                   kind_of(kind), dy, x, pointer(factors), stats, axes, with_offset, epsilon);
               return py::make_tuple(out.dx, or_none(out.dscale), or_none(out.doffset));
             });
}

}  // namespace mark1
