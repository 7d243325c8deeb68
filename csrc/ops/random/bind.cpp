#include "ops/random/random.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "core/narrow.h"
#include "ops/cast/cast.h"

namespace mark1 {

void bind_random(OpModule& module) {
  module.def("random_state", &random_state);
  module.def("random_advance", &random_advance);
  const auto bind = [&](const char* name, Distribution kind) {
    module.def(name,
               [kind](py::handle shape, const Tensor& state, double a, double b, py::handle dtype) {
                 const DType to = to_dtype(dtype);
                 const DType drawn = is_narrow(to) ? DType::kF32 : to;
                 return cast(random_draw(kind, to_shape(shape), state, a, b, drawn), to);
               });
  };
  bind("random_uniform", Distribution::kUniform);
  bind("random_normal", Distribution::kNormal);
  bind("random_truncated_normal", Distribution::kTruncatedNormal);
  module.def("random_integers", [](py::handle shape, const Tensor& state, int64_t low, int64_t high,
                                   py::handle dtype) {
    return random_integers(to_shape(shape), state, low, high, to_dtype(dtype));
  });
  module.def("random_permutation", &random_permutation);
}

}  // namespace mark1
