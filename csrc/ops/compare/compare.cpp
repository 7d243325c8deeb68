#include "ops/compare/compare.h"

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"

namespace mark1 {

MARK1_VARIANTS(CompareKernels, compare_kernels);

Tensor compare(const char* op_name, Comparison op, const Tensor& x, const Tensor& y) {
  refuse_narrow(op_name, x.dtype());
  if (x.dtype() != y.dtype()) {
    fail<TypeError>(op_name, "x is ", name(x.dtype()), ", y is ", name(y.dtype()));
  }
  Tensor out(broadcast_shape(op_name, x.shape(), y.shape()), DType::kBool);
  if (out.numel() == 0) return out;
  const auto kernel =
      compare_kernels_variants.current().compare[static_cast<int>(op)][static_cast<int>(x.dtype())];
  if (!kernel.run) fail<TypeError>(op_name, "does not take ", name(x.dtype()));
  // About 30 bytes per nanosecond and thread in cache, 8 from memory.
  const auto bytes = static_cast<double>(out.bytes() * (2 * item_size(x.dtype()) + 1));
  launch(op_name, kernel, broadcast_args(x, y, out), bytes * (bytes < (1 << 20) ? 0.03 : 0.12),
         {&x, &y}, {&out});
  return out;
}

}  // namespace mark1
