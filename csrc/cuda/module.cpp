// Python module mark1._cuda (or mark1._emulated): one function, which hands the device table over
// in a capsule.
#include <Python.h>

#include "cuda/runtime.h"

namespace {

PyObject* device_api(PyObject*, PyObject*) {
  auto* api = const_cast<Mark1DeviceApi*>(mark1_cuda_device_api());
  return PyCapsule_New(api, MARK1_DEVICE_API_CAPSULE, nullptr);
}

PyMethodDef methods[] = {
    {"device_api", device_api, METH_NOARGS, nullptr},
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
