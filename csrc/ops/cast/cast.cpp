#include "ops/cast/cast.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(CastKernels, cast_kernels);

namespace {

// As in op `broadcast`: about the third-level cache.
constexpr size_t kStreamBytes = size_t{1} << 25;

}  // namespace

Tensor cast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  Tensor out(x.shape(), dtype);
  if (out.numel() == 0) return out;
  CastArgs args = {};
  args.x = x.data();
  args.out = out.data();
  args.n = x.numel();
  args.stream = x.bytes() + out.bytes() >= kStreamBytes;
  // About 10 bytes per nanosecond and thread, read and written.
  const double work = static_cast<double>(x.bytes() + out.bytes()) * 0.1;
  const auto& table = cast_kernels_variants.current().cast;
  launch("cast", table[static_cast<int>(x.dtype())][static_cast<int>(dtype)], args, work, {&x},
         {&out});
  return out;
}

}  // namespace mark1
