#include "bench/bench.h"

#include "bindings/bindings.h"

namespace mark1 {

void bind_bench(py::module_& module) {
  module.def("bench_fma", [](const std::string& dtype, int64_t rounds) {
    return bench_fma(dtype_from_name(dtype), rounds);
  });
  module.def("bench_copy", &bench_copy);
  module.def("bench_root", &bench_root);
  module.def("bench_product", &bench_product);
  module.def("bench_product_workspace", &bench_product_workspace);
}

}  // namespace mark1
