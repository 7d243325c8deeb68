#include "ops/update/bind.h"

namespace mark1 {

std::vector<Tensor> to_gradients(py::handle objects) {
  const auto list = py::reinterpret_steal<py::object>(
      PySequence_Fast(objects.ptr(), "[optimizer] gradients come as a list"));
  if (!list) throw py::error_already_set();
  PyObject** items = PySequence_Fast_ITEMS(list.ptr());
  std::vector<Tensor> gradients(static_cast<size_t>(PySequence_Fast_GET_SIZE(list.ptr())));
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (items[i] != Py_None) gradients[i] = to_tensor(items[i]);
  }
  return gradients;
}

void bind_update(OpModule& module) {
  py::class_<UpdateOptions>(module, "UpdateOptions")
      .def(py::init([](double weight_decay, double clipnorm, double global_clipnorm,
                       double clipvalue, double loss_scale, int64_t accumulated, bool averages,
                       double average_momentum, int64_t overwrite_every,
                       const std::vector<int64_t>& undecayed, Variable* found_scale,
                       Variable* finite_steps, int64_t growth_steps) {
             return UpdateOptions{weight_decay,    clipnorm,    global_clipnorm, clipvalue,
                                  loss_scale,      accumulated, averages,        average_momentum,
                                  overwrite_every, undecayed,   found_scale,     finite_steps,
                                  growth_steps};
           }),
           py::keep_alive<1, 12>(), py::keep_alive<1, 13>(), py::kw_only(),
           py::arg("weight_decay") = 0.0, py::arg("clipnorm") = 0.0,
           py::arg("global_clipnorm") = 0.0, py::arg("clipvalue") = 0.0,
           py::arg("loss_scale") = 1.0, py::arg("accumulated") = 1, py::arg("averages") = false,
           py::arg("average_momentum") = 0.0, py::arg("overwrite_every") = 0,
           py::arg("undecayed") = std::vector<int64_t>(), py::arg("found_scale") = nullptr,
           py::arg("finite_steps") = nullptr, py::arg("growth_steps") = 0);
}

}  // namespace mark1
