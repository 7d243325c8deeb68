#include "ops/reduce/bind.h"
#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/moments/moments.h"

namespace mark1 {

void bind_moments(OpModule& module) {
  const auto bind = [&](const char* name, Moment kind) {
    module.def(name, [kind](py::handle object, py::handle axis, bool keepdims) {
      const Tensor x = to_tensor(object);
      return moment(kind, x, to_axes(axis, x.rank()), keepdims);
    });
  };
  bind("logsumexp", Moment::kLogSumExp);
  bind("var", Moment::kVariance);
  bind("norm", Moment::kNorm);
}

}  // namespace mark1
