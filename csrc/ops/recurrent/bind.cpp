#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/recurrent/recurrent.h"

namespace mark1 {
namespace {

// None, or an array in a certain dtype.
class Optional {
 public:
  Optional(py::handle object, DType dtype) {
    if (!object.is_none()) tensor_ = to_tensor(object, dtype);
  }
  operator const Tensor*() const { return tensor_ ? &*tensor_ : nullptr; }

 private:
  std::optional<Tensor> tensor_;
};

// (index, alpha, beta, gamma)
using Choice = std::tuple<int, double, double, double>;

ActivationChoice to_choice(const Choice& choice) {
  const auto [index, alpha, beta, gamma] = choice;
  return {index, {alpha, beta, gamma}};
}

RecurrentOptions to_options(int cell, const Choice& activation, const Choice& recurrent,
                            bool backwards) {
  if (cell < 0 || cell >= kCells) fail<ValueError>("recurrent", "there is no cell ", cell);
  return {static_cast<Cell>(cell), to_choice(activation), to_choice(recurrent), backwards};
}

py::object or_none(const Tensor& tensor) {
  return tensor.storage() ? py::cast(tensor) : py::none();
}

Tensor or_empty(py::handle object) {
  return object.is_none() ? Tensor() : py::cast<Tensor>(object);
}

}  // namespace

void bind_recurrent(OpModule& module) {
  module.def("recurrent",
             [](int cell, const Tensor& gates, py::handle u, py::handle bias, py::handle h0,
                py::handle c0, py::handle mask, py::handle dropout, const Choice& activation,
                const Choice& recurrent_activation, bool backwards, bool sequences, bool keep) {
               const DType dtype = gates.dtype();
               const Tensor weights = to_tensor(u, dtype);
               const Optional b(bias, dtype), h(h0, dtype), c(c0, dtype);
               const Optional seen(mask, DType::kBool), factors(dropout, dtype);
               const RecurrentOutputs out =
                   recurrent(to_options(cell, activation, recurrent_activation, backwards), gates,
                             {&weights, b, h, c, seen, factors}, sequences, keep);
               return py::make_tuple(or_none(out.y), out.h, or_none(out.c), or_none(out.states),
                                     or_none(out.cells), or_none(out.inner));
             });
  module.def("recurrent_backward", [](int cell, const Tensor& gates, const Tensor& u, py::handle c0,
                                      py::handle mask, py::handle dropout, const Choice& activation,
                                      const Choice& recurrent_activation, bool backwards,
                                      const Tensor& states, py::handle cells, py::handle inner,
                                      py::handle dy, py::handle dh, py::handle dc) {
    const DType dtype = gates.dtype();
    const Optional c(c0, dtype), seen(mask, DType::kBool), factors(dropout, dtype);
    const Optional d_y(dy, dtype), d_h(dh, dtype), d_c(dc, dtype);
    RecurrentOutputs saved;
    saved.states = states;
    saved.cells = or_empty(cells);
    saved.inner = or_empty(inner);
    const RecurrentGradients out =
        recurrent_backward(to_options(cell, activation, recurrent_activation, backwards), gates,
                           {&u, nullptr, nullptr, c, seen, factors}, saved, d_y, d_h, d_c);
    return py::make_tuple(or_none(out.inner_dz), or_none(out.reset), out.dh0, or_none(out.dc0));
  });
}

}  // namespace mark1
