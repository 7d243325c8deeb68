// Python module mark1._cuda (or mark1._emulated): one function, which hands the device table over
// in a capsule.
#include <Python.h>

#include "cuda/runtime.h"
#if defined(MARK1_EMULATION)
#include "cuda/emulation/block.h"
#include "cuda/emulation/limits.h"
#include "cuda/emulation/log.h"
#include "cuda/emulation/queues.h"
#include "cuda/emulation/races.h"
#endif

namespace {

PyObject* device_api(PyObject*, PyObject*) {
  auto* api = const_cast<Mark1DeviceApi*>(mark1_cuda_device_api());
  return PyCapsule_New(api, MARK1_DEVICE_API_CAPSULE, nullptr);
}

#if defined(MARK1_EMULATION)
// What the device was asked for since the last call; nothing before the first.
PyObject* log(PyObject*, PyObject*) {
  PyObject* lines = PyList_New(0);
  for (const std::string& line : mark1::gpu::take_log()) {
    PyObject* text = PyUnicode_FromString(line.c_str());
    PyList_Append(lines, text);
    Py_DECREF(text);
  }
  return lines;
}

// schedule(number, seed): when what is queued is done, a Schedule.
PyObject* schedule(PyObject*, PyObject* args) {
  int number = 0;
  unsigned long long seed = 0;
  if (!PyArg_ParseTuple(args, "i|K", &number, &seed)) return nullptr;
  mark1::gpu::set_schedule(static_cast<mark1::gpu::Schedule>(number), seed);
  Py_RETURN_NONE;
}

PyObject* set_memory(PyObject*, PyObject* bytes) {
  const size_t size = PyLong_AsSize_t(bytes);
  if (PyErr_Occurred()) return nullptr;
  mark1::gpu::set_memory(size);
  Py_RETURN_NONE;
}

// Name of every kernel there is, and how often it has run.
PyObject* kernels(PyObject*, PyObject*) {
  PyObject* all = PyList_New(0);
  for (const mark1::gpu::Kernel* k = mark1::gpu::last_kernel(); k; k = k->next) {
    const std::string name = mark1::gpu::kernel_name(k->name);
    PyObject* entry = Py_BuildValue("sL", name.c_str(), static_cast<long long>(k->runs));
    PyList_Append(all, entry);
    Py_DECREF(entry);
  }
  return all;
}

PyObject* finds_races(PyObject*, PyObject*) {
  return PyBool_FromLong(mark1::gpu::races_are_found());
}

PyObject* set_order(PyObject*, PyObject* number) {
  const uint64_t order = PyLong_AsUnsignedLongLong(number);
  if (PyErr_Occurred()) return nullptr;
  mark1::gpu::set_order(order);
  Py_RETURN_NONE;
}
#endif

PyMethodDef methods[] = {
    {"device_api", device_api, METH_NOARGS, nullptr},
#if defined(MARK1_EMULATION)
    {"log", log, METH_NOARGS, nullptr},
    {"schedule", schedule, METH_VARARGS, nullptr},
    {"set_memory", set_memory, METH_O, nullptr},
    {"kernels", kernels, METH_NOARGS, nullptr},
    {"finds_races", finds_races, METH_NOARGS, nullptr},
    {"set_order", set_order, METH_O, nullptr},
#endif
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "device", nullptr, 0, methods, nullptr, nullptr, nullptr, nullptr,
};

}  // namespace

#if defined(MARK1_EMULATION)
PyMODINIT_FUNC PyInit__emulated() {
#else
PyMODINIT_FUNC PyInit__cuda() {
#endif
  return PyModule_Create(&definition);
}
