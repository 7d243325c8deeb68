// Tensor and Variable as Python sees them. Operators are attached in Python, where the ops live.
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "bindings/exchange.h"
#include "core/narrow.h"
#include "core/recorder.h"
#include "core/transfer.h"
#include "core/variable.h"
#include "ops/broadcast/broadcast.h"

namespace mark1 {
namespace {

const char* buffer_format(DType dtype) {
  if (dtype == kBF16) {
    fail<TypeError>("Tensor",
                    "buffers have no format for bfloat16. Convert with cast(x, 'float32')");
  }
  static constexpr const char* kFormats[kAllDTypes] = {"?", "B", "i", "q", "f", "d", nullptr, "e"};
  return kFormats[static_cast<int>(dtype)];
}

py::buffer_info buffer_of(const Tensor& x) {
  if (x.device().type != DeviceType::kCpu) {
    fail<DeviceError>("Tensor", "the tensor lies on ", name(x.device()),
                      ", out of the host's reach. x.numpy() makes a copy");
  }
  reads_value(x, "as an array", Look::kPointer);
  x.storage()->exported = true;
  const auto size = static_cast<py::ssize_t>(item_size(x.dtype()));
  std::vector<py::ssize_t> shape(x.shape().begin(), x.shape().end());
  std::vector<py::ssize_t> strides(shape.size());
  py::ssize_t stride = size;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return py::buffer_info(x.data(), size, buffer_format(x.dtype()), x.rank(), shape, strides,
                         /*readonly=*/true);
}

py::object item(const Tensor& x) {
  if (x.numel() != 1) {
    fail<ValueError>("item",
                     "only a tensor of one element converts to a number, this one has shape ",
                     x.shape());
  }
  reads_value(x, "as a number");
  const Tensor here = on_host(x);
  if (here.dtype() == kBF16) return py::cast(widened(*here.as<BFloat16>()));
  if (here.dtype() == kF16) return py::cast(widened(*here.as<Half>()));
  return visit_dtype(here.dtype(), [&](auto element) -> py::object {
    return py::cast(*here.as<decltype(element)>());
  });
}

// Another tensor with the same contents, which tapes know by the same id: moving is no arithmetic.
Tensor moved_to(const Tensor& x, const std::string& device) {
  const Device target = device_from_name(device);
  if (target == x.device()) return x;
  reads_value(x, "to another device");
  return moved(x, target);
}

Tensor rows_of(const Tensor& x, int64_t begin, int64_t end) {
  if (x.rank() == 0) fail<ValueError>("rows", "a scalar has no rows");
  if (begin < 0 || end < begin || end > x.shape()[0]) {
    fail<ValueError>("rows", "[", begin, ", ", end, ") is not within the ", x.shape()[0], " rows");
  }
  return x.rows(begin, end);
}

}  // namespace

void bind_tensor(py::module_& module) {
  py::class_<Tensor>(module, "Tensor", py::buffer_protocol())
      .def_buffer(&buffer_of)
      .def_property_readonly("shape", [](const Tensor& x) { return to_tuple(x.shape()); })
      .def_property_readonly("dtype", [](const Tensor& x) { return name(x.dtype()); })
      .def_property_readonly("ndim", &Tensor::rank)
      .def_property_readonly("size", &Tensor::numel)
      .def_property_readonly("nbytes", &Tensor::bytes)
      .def_property_readonly("device", [](const Tensor& x) { return name(x.device()); })
      .def("_to", &moved_to)
      .def(
          "__dlpack__",
          [](const Tensor& x, py::handle stream, py::handle max_version, py::handle,
             py::handle copy) {
            if (!copy.is_none() && copy.cast<bool>()) {
              fail<ValueError>("Tensor", "__dlpack__ shares memory and makes no copies");
            }
            return to_dlpack(x, stream, max_version);
          },
          py::kw_only(), py::arg("stream") = py::none(), py::arg("max_version") = py::none(),
          py::arg("dl_device") = py::none(), py::arg("copy") = py::none())
      .def("__dlpack_device__", &dlpack_device)
      .def_property_readonly("__cuda_array_interface__", &cuda_array_interface)
      .def_property_readonly("id", &Tensor::id)
      .def_property(
          "logits",
          [](const Tensor& x) -> std::optional<Tensor> {
            if (!x.logits()) return std::nullopt;
            return *x.logits();
          },
          &Tensor::set_logits)
      .def("item", &item)
      .def("rows", &rows_of)
      .def("_address", [](const Tensor& x) { return reinterpret_cast<uintptr_t>(x.data()); });

  py::class_<Variable>(module, "Variable", py::dynamic_attr())
      .def(py::init<const Tensor&>())
      .def_property_readonly("id", &Variable::id)
      // A handle of its own: a reference would follow the variable to its next value.
      .def_property_readonly("value", [](const Variable& v) { return Tensor(v.value()); })
      .def_property_readonly("shape", [](const Variable& v) { return to_tuple(v.shape()); })
      .def_property_readonly("dtype", [](const Variable& v) { return name(v.dtype()); })
      .def_property_readonly("ndim", [](const Variable& v) { return v.shape().rank(); })
      .def_property_readonly("size", [](const Variable& v) { return v.shape().numel(); })
      .def_property_readonly("device", [](const Variable& v) { return name(v.device()); })
      .def("_to", [](Variable& v, const std::string& d) { v.move_to(device_from_name(d)); })
      .def("_assign", &Variable::assign);

  OpModule ops(module);
  ops.def(
      "convert",
      [](py::handle object, py::handle dtype, bool copy) {
        return to_tensor(object, dtype.is_none() ? std::nullopt : std::optional(to_dtype(dtype)),
                         !copy);
      },
      py::arg("object"), py::arg("dtype") = py::none(), py::arg("copy") = true);
  ops.def("reshape",
          [](py::handle x, py::handle shape) { return to_tensor(x).reshaped(to_shape(shape)); });
  module.def("broadcast_shape", [](py::handle x, py::handle y) {
    return to_tuple(broadcast_shape("broadcast", to_shape(x), to_shape(y)));
  });
}

}  // namespace mark1
