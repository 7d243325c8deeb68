// Between Python objects and tensors.
#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <utility>

#include "core/tensor.h"

namespace mark1 {

namespace py = pybind11;

// The tensor of a Tensor, the value of a Variable, nullptr for anything else.
const Tensor* held_tensor(py::handle object);
bool is_variable(py::handle object);
// That of an object whose type is Tensor itself, as nearly all have; nullptr for anything else.
const Tensor* exact_tensor(py::handle object);

// Where that tensor lies; nullopt for what is not on any device yet.
std::optional<Device> place_of(py::handle object);

// Any array-like as a tensor: Tensor, Variable, buffers (NumPy arrays), numbers, nested lists.
// Python floats become float32 and ints int32, as in Keras, unless dtype says otherwise. Buffers
// are copied, unless `borrow` allows to share memory that is contiguous and of the right dtype.
Tensor to_tensor(py::handle object, std::optional<DType> dtype = std::nullopt, bool borrow = false);

// One for the host to read, whatever the current device.
Tensor to_host_tensor(py::handle object, std::optional<DType> dtype = std::nullopt);

// Two operands of a binary op, converted and promoted to their common dtype (Python scalars are
// weak: they take the dtype of the other side).
std::pair<Tensor, Tensor> to_promoted(py::handle x, py::handle y);

// A tensor that must be float32 or float64; integers and booleans become float32.
Tensor to_float_tensor(py::handle object);

// A dtype by its name or as NumPy has it; Python's float is float32 here and int is int32, as in
// Keras.
DType to_dtype(py::handle object);

Shape to_shape(py::handle object);
py::tuple to_tuple(const Shape& shape);

// A tensor of one element.
Tensor scalar_tensor(double value, DType dtype);

}  // namespace mark1
