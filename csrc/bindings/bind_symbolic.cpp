// Functions that are called with data or with what stands for it. A public operation is looked up
// in Python for either; to ask about every argument there would cost as much as a small kernel.
#include "bindings/bindings.h"

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

bool is_symbolic(PyObject* object) {
  if (Py_TYPE(object) == reinterpret_cast<PyTypeObject*>(symbolic_type)) return true;
  if (!PyList_CheckExact(object) && !PyTuple_CheckExact(object)) return false;
  PyObject** const items = PySequence_Fast_ITEMS(object);
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i) {
    if (Py_TYPE(items[i]) == reinterpret_cast<PyTypeObject*>(symbolic_type)) return true;
  }
  return false;
}

PyObject* call_symbolic(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  py::tuple positional(static_cast<size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    positional[static_cast<size_t>(i)] = py::reinterpret_borrow<py::object>(args[i]);
  }
  py::dict named;
  for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i) {
    PyDict_SetItem(named.ptr(), PyTuple_GET_ITEM(names, i), args[count + i]);
  }
  return PyObject_CallFunctionObjArgs(symbolic_call, self, positional.ptr(), named.ptr(), nullptr);
}

PyObject* call(PyObject* self, PyObject* const* args, size_t flagged, PyObject* names) {
  const Py_ssize_t count = PyVectorcall_NARGS(flagged);
  const Py_ssize_t all = count + (names ? PyTuple_GET_SIZE(names) : 0);
  for (Py_ssize_t i = 0; symbolic_type && i < all; ++i) {
    if (is_symbolic(args[i])) return call_symbolic(self, args, count, names);
  }
  return PyObject_Vectorcall(reinterpret_cast<Operation*>(self)->function, args, flagged, names);
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
}

}  // namespace mark1
