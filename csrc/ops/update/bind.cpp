#include "ops/update/bind.h"

namespace mark1 {

std::vector<Tensor> to_gradients(const py::sequence& objects) {
  std::vector<Tensor> gradients;
  gradients.reserve(objects.size());
  for (const py::handle object : objects) {
    gradients.push_back(object.is_none() ? Tensor() : to_tensor(object));
  }
  return gradients;
}

void bind_update(py::module_& module) {
  py::class_<UpdateOptions>(module, "UpdateOptions")
      .def(py::init([](double weight_decay, double clipnorm, double global_clipnorm,
                       double clipvalue, double loss_scale, int64_t accumulated, bool averages,
                       double average_momentum, int64_t overwrite_every,
                       const std::vector<int64_t>& undecayed) {
             return UpdateOptions{weight_decay,    clipnorm,    global_clipnorm, clipvalue,
                                  loss_scale,      accumulated, averages,        average_momentum,
                                  overwrite_every, undecayed};
           }),
           py::kw_only(), py::arg("weight_decay") = 0.0, py::arg("clipnorm") = 0.0,
           py::arg("global_clipnorm") = 0.0, py::arg("clipvalue") = 0.0,
           py::arg("loss_scale") = 1.0, py::arg("accumulated") = 1, py::arg("averages") = false,
           py::arg("average_momentum") = 0.0, py::arg("overwrite_every") = 0,
           py::arg("undecayed") = std::vector<int64_t>());
}

}  // namespace mark1
