#include "ops/cast/cast.h"

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(CastKernels, cast_kernels);

namespace {}  // namespace

Tensor cast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  Tensor out(x.shape(), dtype);
  if (out.numel() == 0) return out;
  CastArgs args = {};
  args.x = x.data();
  args.out = out.data();
  args.n = x.numel();
  args.stream = is_far(x.bytes() + out.bytes());
  // About 10 bytes per nanosecond and thread, read and written.
  const double work = static_cast<double>(x.bytes() + out.bytes()) * 0.1;
  const auto& table = cast_kernels_variants.current().cast;
  launch("cast", table[static_cast<int>(x.dtype())][static_cast<int>(dtype)], args, work, {&x},
         {&out});
  return out;
}

}  // namespace mark1
