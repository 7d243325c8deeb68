// What the gradient tape does about every operation that it sees: in Python it would take four
// times as long as a small kernel.
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "core/cut.h"
#include "core/narrow.h"

namespace mark1 {
namespace {

const Tensor* held_float(py::handle object) {
  const Tensor* tensor = held_tensor(object);
  return tensor && is_real(tensor->dtype()) ? tensor : nullptr;
}

bool is_trainable(py::handle variable) {
  static PyObject* const name = PyUnicode_InternFromString("trainable");
  const auto value = py::reinterpret_steal<py::object>(PyObject_GetAttr(variable.ptr(), name));
  if (!value) {
    PyErr_Clear();
    return false;
  }
  return PyObject_IsTrue(value.ptr()) == 1;
}

// Appends a record (rule, ids of operands, id of output, saved) if any of the operands is watched;
// the output is watched from then on. A list of outputs has a tuple of ids. What has no gradient
// gets None for an id. Trainable variables among the operands begin to be watched and are put down
// in `variables`, unless that is None.
void record(py::list records, py::handle rule, py::handle inputs, py::handle output,
            py::handle saved, py::set watched, const std::optional<py::dict>& variables) {
  const auto operands =
      py::reinterpret_steal<py::object>(PySequence_Fast(inputs.ptr(), "inputs are a sequence"));
  if (!operands) throw py::error_already_set();
  const auto count = static_cast<size_t>(PySequence_Fast_GET_SIZE(operands.ptr()));
  py::tuple ids(count);
  bool connected = false;
  for (size_t i = 0; i < count; ++i) {
    const py::handle operand = PySequence_Fast_ITEMS(operands.ptr())[i];
    const Tensor* tensor = held_float(operand);
    if (!tensor) {
      ids[i] = py::none();
      continue;
    }
    const py::int_ id(tensor->id());
    ids[i] = id;
    if (watched.contains(id)) {
      connected = true;
    } else if (variables && is_variable(operand) && is_trainable(operand)) {
      watched.add(py::handle(id));
      (*variables)[id] = operand;
      connected = true;
    }
  }
  if (connected && PyList_Check(output.ptr())) {
    const auto outputs = py::reinterpret_borrow<py::list>(output);
    py::tuple keys(outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i) {
      const Tensor* result = held_float(outputs[i]);
      if (!result) return;
      keys[i] = py::int_(result->id());
      watched.add(py::handle(keys[i].ptr()));
    }
    records.append(py::make_tuple(rule, ids, keys, saved));
    return;
  }
  const Tensor* result = connected ? held_float(output) : nullptr;
  if (!result) return;
  const py::int_ id(result->id());
  watched.add(py::handle(id));
  records.append(py::make_tuple(rule, ids, id, saved));
}

// Shape and dtype of an operand's gradient; None for operands that get none.
py::object like(py::handle operand) {
  const Tensor* tensor = held_float(operand);
  if (!tensor) return py::none();
  return py::make_tuple(to_tuple(tensor->shape()), name(tensor->dtype()));
}

py::object cut_callback, tapes;

// Most threads have no tape most of the time: that is found out without calling Python.
void tell_cut(const char* what, TensorList inputs) {
  if (!Py_IsInitialized()) return;
  const py::gil_scoped_acquire gil;
  static PyObject* const name = PyUnicode_InternFromString("stack");
  const auto stack = py::reinterpret_steal<py::object>(PyObject_GetAttr(tapes.ptr(), name));
  if (!stack) throw py::error_already_set();
  if (PyList_GET_SIZE(stack.ptr()) == 0) return;
  py::list ids;
  for (const Tensor* tensor : inputs) {
    if (is_real(tensor->dtype())) ids.append(tensor->id());
  }
  cut_callback(what, ids);
}

}  // namespace

void bind_tape(py::module_& module) {
  module.def("tape_record", &record);
  // Who is told what no gradient passes while `state.stack`, the tapes of a thread, is not empty.
  module.def("set_cut_callback", [](py::object callback, py::object state) {
    cut_callback = std::move(callback);
    tapes = std::move(state);
    cut_callback.inc_ref();  // never destroyed: the interpreter may be gone by then
    tapes.inc_ref();
    set_cut_hook(&tell_cut);
  });
  module.def("tape_likes",
             [](py::handle x, py::handle y) { return py::make_tuple(like(x), like(y)); });
  // What a tape knows a value by; None if that has no gradient.
  module.def("tape_id", [](py::handle value) -> std::optional<int64_t> {
    const Tensor* tensor = held_float(value);
    return tensor ? std::optional(tensor->id()) : std::nullopt;
  });
}

}  // namespace mark1
