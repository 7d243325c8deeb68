#include "bindings/convert.h"

#include <cstring>
#include <string>
#include <type_traits>

#include "bindings/exchange.h"
#include "core/buffer_pool.h"
#include "core/narrow.h"
#include "core/recorder.h"
#include "core/transfer.h"
#include "core/variable.h"
#include "ops/cast/cast.h"

namespace mark1 {
namespace {

// A Py_buffer that is released at the end of the scope, or by the storage that borrows it.
struct BufferView {
  Py_buffer view;
  BufferView() = default;
  BufferView(const BufferView&) = delete;
  BufferView& operator=(const BufferView&) = delete;
};

std::optional<DType> dtype_of_format(const char* format) {
  if (!format) return DType::kU8;
  if (*format == '@' || *format == '=' || *format == '<') ++format;
  if (*format == '\0' || format[1] != '\0') return std::nullopt;
  switch (*format) {
    case '?':
      return DType::kBool;
    case 'B':
      return DType::kU8;
    case 'H':
      return kBF16;  // as normalized_array has it; other arrays of 16 bits are integers
    case 'i':
      return DType::kI32;
    case 'l':
    case 'q':
      return DType::kI64;
    case 'f':
      return DType::kF32;
    case 'd':
      return DType::kF64;
    default:
      return std::nullopt;
  }
}

void release_buffer(void* owner) {
  auto* buffer = static_cast<BufferView*>(owner);
  if (Py_IsInitialized()) {
    const py::gil_scoped_acquire gil;
    PyBuffer_Release(&buffer->view);
  }
  delete buffer;
}

// A C-contiguous buffer of a dtype we have; nullopt if it is anything else.
std::optional<Tensor> from_buffer(py::handle object, bool borrow_memory, bool normalized = false) {
  auto buffer = std::make_unique<BufferView>();
  if (PyObject_GetBuffer(object.ptr(), &buffer->view, PyBUF_RECORDS_RO) != 0) {
    PyErr_Clear();
    return std::nullopt;
  }
  Py_buffer& view = buffer->view;
  const auto dtype = dtype_of_format(view.format);
  const bool usable = dtype && (normalized || dtype != kBF16) &&
                      view.itemsize == static_cast<Py_ssize_t>(item_size(*dtype)) &&
                      PyBuffer_IsContiguous(&view, 'C') && view.ndim <= Shape::kMaxRank;
  if (!usable) {
    PyBuffer_Release(&view);
    return std::nullopt;
  }
  Shape shape;
  for (int i = 0; i < view.ndim; ++i) shape.push_back(view.shape[i]);
  const bool aligned = reinterpret_cast<uintptr_t>(view.buf) % item_size(*dtype) == 0;
  // A recorded step has constants in it, which it keeps and compares: it must have them in full.
  if (borrow_memory && aligned && !BufferPool::current() && !works_on_device()) {
    void* data = view.buf;
    const auto bytes = static_cast<size_t>(view.len);
    BufferView* owner = buffer.release();
    return Tensor(borrow(data, bytes, release_buffer, owner), 0, shape, *dtype);
  }
  const Tensor out = from_host(view.buf, shape, *dtype);
  PyBuffer_Release(&view);
  return out;
}

// Lists, strided or exotic arrays: NumPy makes a contiguous array of a dtype we have. Numbers in
// lists have 32 bits unless more are asked for.
py::object normalized_array(py::handle object, std::optional<DType> wanted) {
  const py::module_ numpy = py::module_::import("numpy");
  py::object array;
  try {
    array = numpy.attr("asarray")(object);
  } catch (py::error_already_set& error) {
    fail<ValueError>("convert_to_tensor", "cannot make an array of ",
                     py::str(py::type::of(object)).cast<std::string>(), ": ",
                     py::str(error.value()).cast<std::string>());
  }
  const auto kind = array.attr("dtype").attr("kind").cast<std::string>();
  const auto size = array.attr("dtype").attr("itemsize").cast<int>();
  // What ml_dtypes registers with NumPy; its elements are halves of float32.
  if (array.attr("dtype").attr("name").cast<std::string>() == "bfloat16") {
    return numpy.attr("ascontiguousarray")(array).attr("view")("uint16").attr("reshape")(
        array.attr("shape"));
  }
  const char* target = nullptr;
  if (kind == "b") target = "bool";
  if (kind == "f") target = size <= 4 ? "float32" : "float64";
  if (kind == "i") target = size <= 4 ? "int32" : "int64";
  if (kind == "u") target = size == 1 ? "uint8" : (size == 2 ? "int32" : "int64");
  if (!target) {
    fail<TypeError>("convert_to_tensor", "cannot convert an array of dtype ",
                    py::str(array.attr("dtype")).cast<std::string>(),
                    "; numbers or booleans are needed");
  }
  const bool listed = PyList_Check(object.ptr()) || PyTuple_Check(object.ptr());
  const bool wide = wanted == DType::kF64 || wanted == DType::kI64;
  if (listed && kind == "f") target = wide ? "float64" : "float32";
  if (listed && kind == "i") target = wide ? "int64" : "int32";
  const char* least = listed && kind == "i" ? target : kind == "u" && size == 8 ? "int64" : nullptr;
  if (least && array.attr("size").cast<int64_t>() > 0) {
    const py::object limits = numpy.attr("iinfo")(least);
    if (array.attr("max")() > limits.attr("max") || array.attr("min")() < limits.attr("min")) {
      fail<ValueError>("convert_to_tensor", "the numbers do not fit ", least);
    }
  }
  return numpy.attr("ascontiguousarray")(array, target).attr("reshape")(array.attr("shape"));
}

// Python numbers: exact bool, int, float. NumPy's float64 scalar is a float and counts as one.
std::optional<Weak> weak_kind(py::handle object) {
  PyObject* raw = object.ptr();
  if (PyBool_Check(raw)) return std::nullopt;
  if (PyFloat_Check(raw)) return Weak::kFloat;
  if (PyLong_Check(raw)) return Weak::kInt;
  return std::nullopt;
}

// An integer of 64 bits; what does not fit is the user's to know about.
int64_t to_integer(const char* op, py::handle number) {
  PyObject* index = PyNumber_Index(number.ptr());
  if (!index) {
    PyErr_Clear();
    fail<TypeError>(op, "needs integers, got ", Py_TYPE(number.ptr())->tp_name);
  }
  const auto owner = py::reinterpret_steal<py::object>(index);
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(index, &overflow);
  if (overflow != 0) fail<ValueError>(op, "the number does not fit int64");
  return value;
}

double to_double(py::handle number) {
  const double value = PyFloat_AsDouble(number.ptr());
  if (value == -1.0 && PyErr_Occurred()) {
    PyErr_Clear();
    fail<ValueError>("convert_to_tensor", "the number does not fit float64");
  }
  return value;
}

Tensor number_tensor(py::handle number, DType dtype) {
  if (is_real(dtype) || PyFloat_Check(number.ptr())) {
    return scalar_tensor(to_double(number), dtype);
  }
  Tensor out = host_tensor(Shape{}, dtype);
  const int64_t value = to_integer("convert_to_tensor", number);
  visit_dtype(dtype, [&](auto element) {
    using T = decltype(element);
    if constexpr (!std::is_same_v<T, bool>) {
      if (std::is_integral_v<T> && static_cast<int64_t>(static_cast<T>(value)) != value) {
        fail<ValueError>("convert_to_tensor", value, " does not fit ", name(dtype));
      }
    }
    *out.as<T>() = static_cast<T>(value);
  });
  return out;
}

}  // namespace

// Nearly every operand is exactly a Tensor. pybind11's own way to it, which also looks for derived
// classes and conversions, takes 40 ns: for two operands as long as adding 1,000 numbers.
const Tensor* exact_tensor(py::handle object) {
  static const auto* const type = reinterpret_cast<PyTypeObject*>(py::type::of<Tensor>().ptr());
  if (Py_TYPE(object.ptr()) != type) return nullptr;
  auto* instance = reinterpret_cast<py::detail::instance*>(object.ptr());
  return static_cast<const Tensor*>(instance->get_value_and_holder().value_ptr());
}

bool is_variable(py::handle object) {
  return py::isinstance<Variable>(object);
}

const Tensor* held_tensor(py::handle object) {
  if (const Tensor* tensor = exact_tensor(object)) return tensor;
  if (is_variable(object)) return &object.cast<const Variable&>().value();
  if (py::isinstance<Tensor>(object)) return &object.cast<const Tensor&>();
  return nullptr;
}

std::optional<Device> place_of(py::handle object) {
  if (const Tensor* tensor = exact_tensor(object)) return tensor->device();
  if (is_variable(object)) return object.cast<const Variable&>().device();
  if (py::isinstance<Tensor>(object)) return object.cast<const Tensor&>().device();
  return foreign_device(object);
}

DType to_dtype(py::handle object) {
  if (PyUnicode_Check(object.ptr())) return dtype_from_name(object.cast<std::string>());
  if (object.ptr() == reinterpret_cast<PyObject*>(&PyFloat_Type)) return DType::kF32;
  if (object.ptr() == reinterpret_cast<PyObject*>(&PyLong_Type)) return DType::kI32;
  std::string name;
  try {
    name = py::module_::import("numpy").attr("dtype")(object).attr("name").cast<std::string>();
  } catch (const py::error_already_set&) {
    name = py::repr(object).cast<std::string>();
  }
  return dtype_from_name(name);
}

Tensor scalar_tensor(double value, DType dtype) {
  Tensor out = host_tensor(Shape{}, dtype == DType::kF32 ? dtype : DType::kF64);
  if (dtype == DType::kF32) {
    *out.as<float>() = static_cast<float>(value);
  } else {
    *out.as<double>() = value;
  }
  return cast(out, dtype);
}

Tensor to_tensor(py::handle object, std::optional<DType> dtype, bool borrow_memory) {
  if (const Tensor* tensor = held_tensor(object))
    return cast(*tensor, dtype.value_or(tensor->dtype()));
  if (const auto weak = weak_kind(object)) {
    return number_tensor(object, dtype.value_or(*weak == Weak::kFloat ? DType::kF32 : DType::kI32));
  }
  if (PyBool_Check(object.ptr())) {
    return cast(scalar_tensor(object.ptr() == Py_True, DType::kBool), dtype.value_or(DType::kBool));
  }
  std::optional<Tensor> out;
  if (!PyBytes_Check(object.ptr()) && !PyByteArray_Check(object.ptr())) {
    out = from_buffer(object, borrow_memory);
  }
  if (!out) out = from_foreign(object);
  if (!out) {
    const py::object array = normalized_array(object, dtype);
    const int axes = array.attr("ndim").cast<int>();
    if (axes > Shape::kMaxRank) {
      fail<ValueError>("convert_to_tensor", "at most ", Shape::kMaxRank,
                       " dimensions are supported, got ", axes);
    }
    out = from_buffer(array, true, true);
  }
  if (!out) {
    fail<TypeError>("convert_to_tensor", "cannot read the memory of ",
                    Py_TYPE(object.ptr())->tp_name);
  }
  return cast(*out, dtype.value_or(out->dtype()));
}

Tensor to_host_tensor(py::handle object, std::optional<DType> dtype) {
  if (!works_on_device()) return to_tensor(object, dtype);
  std::optional<Tensor> here;
  if (const Tensor* tensor = held_tensor(object)) {
    reads_value(*tensor, "as a number");
    here = on_host(*tensor);
  }
  const Aside aside;
  const DeviceScope scope(kCpu);
  return here ? cast(*here, dtype.value_or(here->dtype())) : to_tensor(object, dtype);
}

std::pair<Tensor, Tensor> to_promoted(py::handle x, py::handle y) {
  const auto x_weak = weak_kind(x);
  const auto y_weak = weak_kind(y);
  if (x_weak && !y_weak) {
    const Tensor other = to_tensor(y);
    const DType dtype = promote_weak(other.dtype(), *x_weak);
    return {number_tensor(x, dtype), cast(other, dtype)};
  }
  if (y_weak && !x_weak) {
    const Tensor other = to_tensor(x);
    const DType dtype = promote_weak(other.dtype(), *y_weak);
    return {cast(other, dtype), number_tensor(y, dtype)};
  }
  Tensor left = to_tensor(x);
  Tensor right = to_tensor(y);
  const DType dtype = promote(left.dtype(), right.dtype());
  if (left.dtype() != dtype) left = cast(left, dtype);
  if (right.dtype() != dtype) right = cast(right, dtype);
  return {std::move(left), std::move(right)};
}

Tensor to_float_tensor(py::handle object) {
  Tensor tensor = to_tensor(object);
  if (!is_real(tensor.dtype())) tensor = cast(tensor, DType::kF32);
  return tensor;
}

Shape to_shape(py::handle object) {
  Shape shape;
  if (PyLong_Check(object.ptr())) {
    shape.push_back(to_integer("shape", object));
  } else {
    for (py::handle dim : object) shape.push_back(dim.is_none() ? -1 : to_integer("shape", dim));
  }
  return shape;
}

py::tuple to_tuple(const Shape& shape) {
  py::tuple out(shape.rank());
  for (int i = 0; i < shape.rank(); ++i) {
    out[i] = shape[i] < 0 ? py::object(py::none()) : py::object(py::int_(shape[i]));
  }
  return out;
}

}  // namespace mark1
