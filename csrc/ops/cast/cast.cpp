#include "ops/cast/cast.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(CastKernels, cast_kernels);

Tensor cast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  Tensor out(x.shape(), dtype);
  if (out.numel() == 0) return out;
  const CastArgs args = {x.data(), out.data(), x.numel()};
  // About 10 bytes per nanosecond and thread, read and written.
  const double work = static_cast<double>(x.bytes() + out.bytes()) * 0.1;
  const auto& table = cast_kernels_variants.current().cast;
  launch("cast", table[static_cast<int>(x.dtype())][static_cast<int>(dtype)], args, work, {&x},
         {&out});
  return out;
}

}  // namespace mark1
