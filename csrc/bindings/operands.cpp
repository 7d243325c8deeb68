#include "bindings/operands.h"

namespace mark1 {

void OperandPlace::see(Device device) {
  if (!found_) {
    found_ = device;
  } else if (!(*found_ == device)) {
    fail<DeviceError>(op_, "operands lie on ", name(*found_), " and ", name(device),
                      ". Move one with x.to('", name(device), "')");
  }
}

void OperandPlace::see(py::handle object) {
  if (!object) return;
  if (PyList_CheckExact(object.ptr()) || PyTuple_CheckExact(object.ptr())) {
    PyObject** const items = PySequence_Fast_ITEMS(object.ptr());
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object.ptr()); ++i) {
      // One element of a list of numbers tells what the others are.
      if (PyFloat_Check(items[i]) || PyLong_Check(items[i])) return;
      see(py::handle(items[i]));
    }
  } else if (!object.is_none() && !PyFloat_Check(object.ptr()) && !PyLong_Check(object.ptr()) &&
             !PyUnicode_Check(object.ptr())) {
    if (const std::optional<Device> device = place_of(object)) see(*device);
  }
}

}  // namespace mark1
