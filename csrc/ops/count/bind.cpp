#include "ops/reduce/bind.h"
#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/count/count.h"

namespace mark1 {

void bind_count(OpModule& module) {
  const auto bind = [&](const char* name, Count kind) {
    module.def(name, [kind](py::handle object, py::handle axis, bool keepdims) {
      const Tensor x = to_tensor(object);
      return count(kind, x, to_axes(axis, x.rank()), keepdims);
    });
  };
  bind("count_nonzero", Count::kNumber);
  bind("any", Count::kAny);
  bind("all", Count::kAll);
}

}  // namespace mark1
