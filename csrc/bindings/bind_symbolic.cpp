// Functions that are called with data or with what stands for it. A public operation is looked up
// in Python for either; to ask about every argument there would cost as much as a small kernel.
#include <optional>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "core/narrow.h"

#include <structmember.h>  // after Python.h, which it needs

namespace mark1 {
namespace {

struct Operation {
  PyObject ob_base;
  vectorcallfunc call;
  PyObject* function;
  PyObject* dict;
};

PyObject* symbolic_type = nullptr;  // what stands for data
PyObject* symbolic_call = nullptr;  // called with (operation, args, kwargs) if there is any
PyObject* narrow_call = nullptr;    // called with (function, args, kwargs) if any has 16 bits
PyObject* refusal = nullptr;        // makes (function, args, kwargs, error) an error for users

bool is_symbolic(PyObject* object) {
  if (Py_TYPE(object) == reinterpret_cast<PyTypeObject*>(symbolic_type)) return true;
  if (!PyList_CheckExact(object) && !PyTuple_CheckExact(object)) return false;
  PyObject** const items = PySequence_Fast_ITEMS(object);
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i) {
    if (Py_TYPE(items[i]) == reinterpret_cast<PyTypeObject*>(symbolic_type)) return true;
  }
  return false;
}

bool is_narrow_tensor(PyObject* object) {
  const Tensor* const tensor = held_tensor(object);
  return tensor && is_narrow(tensor->dtype());
}

// An operand, or one in a list of them.
bool holds_narrow(PyObject* object) {
  if (!PyList_CheckExact(object) && !PyTuple_CheckExact(object)) return is_narrow_tensor(object);
  PyObject** const items = PySequence_Fast_ITEMS(object);
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i) {
    if (is_narrow_tensor(items[i])) return true;
  }
  return false;
}

struct Arguments {
  py::tuple positional;
  py::dict named;
};

Arguments gather(PyObject* const* args, Py_ssize_t count, PyObject* names) {
  Arguments all{py::tuple(static_cast<size_t>(count)), py::dict()};
  for (Py_ssize_t i = 0; i < count; ++i) {
    all.positional[static_cast<size_t>(i)] = py::reinterpret_borrow<py::object>(args[i]);
  }
  for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i) {
    PyDict_SetItem(all.named.ptr(), PyTuple_GET_ITEM(names, i), args[count + i]);
  }
  return all;
}

PyObject* call_symbolic(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Arguments all = gather(args, count, names);
  return PyObject_CallFunctionObjArgs(symbolic_call, self, all.positional.ptr(), all.named.ptr(),
                                      nullptr);
}

PyObject* call_narrow(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Arguments all = gather(args, count, names);
  return PyObject_CallFunctionObjArgs(narrow_call, reinterpret_cast<Operation*>(self)->function,
                                      all.positional.ptr(), all.named.ptr(), nullptr);
}

// An error that passes the border to the user's program says which operation refused what.
void refuse(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  const Arguments all = gather(args, count, names);
  PyObject* const function = reinterpret_cast<Operation*>(self)->function;
  PyObject* const error = PyObject_CallFunctionObjArgs(refusal, function, all.positional.ptr(),
                                                       all.named.ptr(), value, nullptr);
  if (!error || error == Py_None) {
    Py_XDECREF(error);
    PyErr_Restore(type, value, trace);
    return;
  }
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
  Py_DECREF(error);
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
}

// Where the first tensor among the arguments lies. That all lie there is found by the kernels.
Device place_of_arguments(PyObject* const* args, Py_ssize_t count) {
  const auto place = [](PyObject* object) -> std::optional<Device> {
    const Tensor* tensor = exact_tensor(object);
    if (tensor && tensor->storage()) return tensor->device();
    if (is_variable(object)) return py::handle(object).cast<const Variable&>().device();
    return std::nullopt;
  };
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (const auto found = place(args[i])) return *found;
    if (!PyList_CheckExact(args[i]) && !PyTuple_CheckExact(args[i])) continue;
    PyObject** const items = PySequence_Fast_ITEMS(args[i]);
    for (Py_ssize_t j = 0; j < PySequence_Fast_GET_SIZE(args[i]); ++j) {
      if (const auto found = place(items[j])) return *found;
    }
  }
  return current_device();
}

PyObject* call(PyObject* self, PyObject* const* args, size_t flagged, PyObject* names) {
  const Py_ssize_t count = PyVectorcall_NARGS(flagged);
  const Py_ssize_t all = count + (names ? PyTuple_GET_SIZE(names) : 0);
  bool symbolic = false;
  for (Py_ssize_t i = 0; symbolic_type && i < all && !symbolic; ++i) {
    symbolic = is_symbolic(args[i]);
  }
  bool narrow = false;
  if (!symbolic && narrow_seen()) {
    for (Py_ssize_t i = 0; i < all && !narrow; ++i) narrow = holds_narrow(args[i]);
  }
  // What an operation makes beside its operands, constants say, it makes where these lie.
  std::optional<DeviceScope> place;
  if (has_devices() && !symbolic) place.emplace(place_of_arguments(args, all));
  PyObject* const out = symbolic ? call_symbolic(self, args, count, names)
                        : narrow ? call_narrow(self, args, count, names)
                                 : PyObject_Vectorcall(reinterpret_cast<Operation*>(self)->function,
                                                       args, flagged, names);
  if (!out && refusal) refuse(self, args, count, names);
  return out;
}

// As functions do, so that an operation can be the method of a class.
PyObject* bind(PyObject* self, PyObject* instance, PyObject*) {
  if (!instance || instance == Py_None) {
    Py_INCREF(self);
    return self;
  }
  return PyMethod_New(self, instance);
}

PyObject* make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* function = nullptr;
  if (!PyArg_ParseTuple(args, "O:Operation", &function)) return nullptr;
  PyObject* const self = type->tp_alloc(type, 0);
  if (!self) return nullptr;
  auto* const operation = reinterpret_cast<Operation*>(self);
  operation->call = &call;
  Py_INCREF(function);
  operation->function = function;
  return self;
}

void destroy(PyObject* self) {
  auto* const operation = reinterpret_cast<Operation*>(self);
  Py_XDECREF(operation->function);
  Py_XDECREF(operation->dict);
  Py_TYPE(self)->tp_free(self);
}

PyMemberDef members[] = {
    {"__wrapped__", T_OBJECT, offsetof(Operation, function), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
PyGetSetDef properties[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyTypeObject* operation_type() {
  static PyTypeObject type{};
  Py_INCREF(&type);  // which the module keeps for ever
  type.tp_name = "mark1._core.Operation";
  type.tp_basicsize = sizeof(Operation);
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR;
  type.tp_vectorcall_offset = offsetof(Operation, call);
  type.tp_dictoffset = offsetof(Operation, dict);
  type.tp_call = &PyVectorcall_Call;
  type.tp_descr_get = &bind;
  type.tp_new = &make;
  type.tp_dealloc = &destroy;
  type.tp_members = members;
  type.tp_getset = properties;
  if (PyType_Ready(&type) < 0) throw py::error_already_set();
  return &type;
}

}  // namespace

void bind_symbolic(py::module_& module) {
  module.add_object("Operation", reinterpret_cast<PyObject*>(operation_type()));
  module.def("set_symbolic", [](const py::type& type, const py::function& function) {
    symbolic_type = py::object(type).release().ptr();
    symbolic_call = py::object(function).release().ptr();
  });
  module.def("set_narrow_call", [](const py::function& function) {
    narrow_call = py::object(function).release().ptr();
  });
  module.def("set_refusal",
             [](const py::function& function) { refusal = py::object(function).release().ptr(); });
}

}  // namespace mark1
