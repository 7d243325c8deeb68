#include "ops/conv/conv.h"

#include <pybind11/stl.h>

#include <array>
#include <vector>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/activation/activation.h"

namespace mark1 {

namespace {

// (stride, dilation, zeros before, zeros after) per axis.
using Axes = std::vector<std::array<int64_t, 4>>;
using Numbers = std::vector<int64_t>;

ConvWindow to_window(const std::string& op, const Axes& axes) {
  if (axes.empty() || axes.size() > kConvAxes) {
    fail<ValueError>(op.c_str(), "windows move over 1 to ", kConvAxes, " axes, got ", axes.size());
  }
  ConvWindow window;
  for (const auto& [stride, dilation, low, high] : axes) {
    window.strides[window.rank] = stride;
    window.dilations[window.rank] = dilation;
    window.low[window.rank] = low;
    window.high[window.rank++] = high;
  }
  return window;
}

// With a bias that this function's caller keeps.
ConvEpilogue to_epilogue(const char* op, const Tensor* bias, int activation, DType dtype) {
  ConvEpilogue epilogue{bias, nullptr, 0};
  if (activation >= 0) {
    epilogue.activation = activation_rows(activation, float_index(op, dtype));
  }
  return epilogue;
}

}  // namespace

void bind_conv(OpModule& module) {
  module.def(
      "conv",
      [](py::handle x, py::handle w, const Axes& axes, py::handle bias, const std::string& op,
         int activation) {
        const auto [source, filter] = to_promoted(x, w);
        const Tensor offset = bias.is_none() ? Tensor() : to_tensor(bias, source.dtype());
        return conv(op.c_str(), source, filter, to_window(op, axes),
                    to_epilogue(op.c_str(), bias.is_none() ? nullptr : &offset, activation,
                                source.dtype()));
      },
      py::arg("x"), py::arg("w"), py::arg("axes"), py::arg("bias") = py::none(),
      py::arg("op") = "conv", py::arg("activation") = -1);
  module.def(
      "conv_input_gradient",
      [](py::handle dy, py::handle w, py::handle shape, const Axes& axes, py::handle bias,
         const std::string& op, int activation) {
        const auto [upstream, filter] = to_promoted(dy, w);
        const Tensor offset = bias.is_none() ? Tensor() : to_tensor(bias, upstream.dtype());
        return conv_input_gradient(op.c_str(), upstream, filter, to_shape(shape),
                                   to_window(op, axes),
                                   to_epilogue(op.c_str(), bias.is_none() ? nullptr : &offset,
                                               activation, upstream.dtype()));
      },
      py::arg("dy"), py::arg("w"), py::arg("shape"), py::arg("axes"), py::arg("bias") = py::none(),
      py::arg("op") = "conv", py::arg("activation") = -1);
  module.def("conv_filter_gradient", [](py::handle x, py::handle dy, py::handle shape,
                                        const Axes& axes, const std::string& op) {
    const auto [source, upstream] = to_promoted(x, dy);
    const FilterGradient gradient =
        conv_filter_gradient(op.c_str(), source, upstream, to_shape(shape), to_window(op, axes));
    return gradient.dw;
  });
  module.def("conv_filter_and_bias_gradient", [](py::handle x, py::handle dy, py::handle shape,
                                                 const Axes& axes, const std::string& op) {
    const auto [source, upstream] = to_promoted(x, dy);
    const FilterGradient gradient = conv_filter_gradient(
        op.c_str(), source, upstream, to_shape(shape), to_window(op, axes), true);
    return py::make_tuple(gradient.dw, gradient.db);
  });
  module.def("conv_pooled_gradient",
             [](py::handle x, py::handle dy, py::handle shape, const Axes& axes,
                const std::string& op, const Tensor& index, const Tensor& pooled,
                py::handle y_shape, const Numbers& size, const Numbers& strides, bool same) {
               const auto [source, upstream] = to_promoted(x, dy);
               const ConvPooled pool = {index, pooled, to_shape(y_shape), {size, strides, same}};
               const FilterGradient gradient = conv_filter_gradient(
                   op.c_str(), source, upstream, to_shape(shape), to_window(op, axes), true, &pool);
               return py::make_tuple(gradient.dw, gradient.db);
             });
}

}  // namespace mark1
