#include "ops/mean_error/mean_error.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"

namespace mark1 {

void bind_mean_error(OpModule& module) {
  for (const Error kind : {Error::kSquared, Error::kAbsolute}) {
    const std::string name = kErrorNames[static_cast<int>(kind)];
    module.def(name.c_str(),
               [kind](const Tensor& t, const Tensor& x) { return mean_error(kind, t, x); });
    module.def((name + "_backward").c_str(),
               [kind](const Tensor& dy, const Tensor& t, const Tensor& x) {
                 return mean_error_backward(kind, dy, t, x);
               });
  }
}

}  // namespace mark1
