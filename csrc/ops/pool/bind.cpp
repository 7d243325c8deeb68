#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/pool/pool.h"

namespace mark1 {
namespace {

using Numbers = std::vector<int64_t>;

}  // namespace

void bind_pool(OpModule& module) {
  module.def("pool_shape", [](const std::string& op, py::handle shape, const Numbers& size,
                              const Numbers& strides, bool same) {
    return to_tuple(pool_shape(op.c_str(), to_shape(shape), {size, strides, same}));
  });
  module.def("max_pool", [](py::handle x, const Numbers& size, const Numbers& strides, bool same) {
    const MaxPooled pooled = max_pool(to_float_tensor(x), {size, strides, same});
    return py::make_tuple(pooled.out, pooled.index);
  });
  module.def(
      "max_pool_backward",
      [](const Tensor& dy, const Tensor& index, py::handle shape, const Numbers& size,
         const Numbers& strides, bool same, const Tensor* pooled) {
        return max_pool_backward(dy, index, to_shape(shape), {size, strides, same}, pooled);
      },
      py::arg("dy"), py::arg("index"), py::arg("shape"), py::arg("size"), py::arg("strides"),
      py::arg("same"), py::arg("pooled") = py::none());
  module.def("max_pool_gather",
             [](const Tensor& g, const Tensor& index, const Numbers& size, const Numbers& strides,
                bool same) { return max_pool_gather(g, index, {size, strides, same}); });
  module.def("average_pool",
             [](py::handle x, const Numbers& size, const Numbers& strides, bool same) {
               return average_pool(to_float_tensor(x), {size, strides, same});
             });
  module.def("average_pool_backward", [](const Tensor& dy, py::handle shape, const Numbers& size,
                                         const Numbers& strides, bool same) {
    return average_pool_backward(dy, to_shape(shape), {size, strides, same});
  });
}

}  // namespace mark1
