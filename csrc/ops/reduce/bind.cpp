#include "ops/reduce/bind.h"

#include <pybind11/stl.h>

#include "bindings/convert.h"
#include "ops/reduce/reduce.h"

namespace mark1 {

std::vector<int64_t> to_axes(py::handle axis, int rank) {
  std::vector<int64_t> axes;
  if (axis.is_none()) {
    for (int i = 0; i < rank; ++i) axes.push_back(i);
  } else if (PyLong_Check(axis.ptr())) {
    axes.push_back(axis.cast<int64_t>());
  } else {
    axes = axis.cast<std::vector<int64_t>>();
  }
  return axes;
}

namespace {

using Reduce = Tensor (*)(const Tensor&, const std::vector<int64_t>&, bool);
using ArgReduce = Tensor (*)(const Tensor&, int64_t, bool);

}  // namespace

void bind_reduce(OpModule& module) {
  const auto bind = [&](const char* name, Reduce op) {
    module.def(name, [op](py::handle object, py::handle axis, bool keepdims) {
      const Tensor x = to_tensor(object);
      return op(x, to_axes(axis, x.rank()), keepdims);
    });
  };
  bind("sum", &sum);
  bind("mean", &mean);
  bind("max", &max);
  bind("min", &min);
  bind("prod", &prod);
  const auto bind_arg = [&](const char* name, ArgReduce op) {
    module.def(name, [op](py::handle object, py::handle axis, bool keepdims) {
      const Tensor x = to_tensor(object);
      if (!axis.is_none()) return op(x, axis.cast<int64_t>(), keepdims);
      const Tensor out = op(x.reshaped({x.numel()}), 0, false);
      Shape ones;
      for (int i = 0; i < x.rank() && keepdims; ++i) ones.push_back(1);
      return out.reshaped(ones);
    });
  };
  bind_arg("argmax", &argmax);
  bind_arg("argmin", &argmin);
}

}  // namespace mark1
