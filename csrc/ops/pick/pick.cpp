#include "ops/pick/pick.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(PickKernels, pick_kernels);

namespace {

void check_index(const char* op, const Tensor& x, const Tensor& index, int rank) {
  if (x.rank() != rank || index.rank() != 1 || index.shape()[0] != x.shape()[0] ||
      index.dtype() != DType::kI32) {
    fail<ValueError>(op, "needs one int32 index per row (x: ", x.shape(),
                     ", index: ", index.shape(), " ", name(index.dtype()), ")");
  }
}

}  // namespace

Tensor pick(const Tensor& x, const Tensor& index) {
  check_index("pick", x, index, 2);
  Tensor out(index.shape(), x.dtype());
  const auto kernel = pick_kernels_variants.current().pick[float_index("pick", x.dtype())];
  const PickArgs args = {x.data(), index.as<int32_t>(), out.data(), x.shape()[0], x.shape()[1]};
  launch("pick", kernel, args, 2.0 * x.shape()[0], {&x, &index}, {&out});
  return out;
}

Tensor place(const Tensor& x, const Tensor& index, int64_t n) {
  check_index("place", x, index, 1);
  Tensor out(Shape{x.shape()[0], n}, x.dtype());
  const auto kernel = pick_kernels_variants.current().place[float_index("place", x.dtype())];
  const PickArgs args = {x.data(), index.as<int32_t>(), out.data(), x.shape()[0], n};
  const double work = static_cast<double>(out.bytes()) * 0.1 + 2.0 * x.shape()[0];
  launch("place", kernel, args, work, {&x, &index}, {&out});
  return out;
}

}  // namespace mark1
