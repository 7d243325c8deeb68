#include "ops/fill/fill.h"

#include <cstring>

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "core/recorder.h"
#include "ops/cast/cast.h"

namespace mark1 {

MARK1_VARIANTS(FillKernels, fill_kernels);

Tensor full(const Shape& shape, const Tensor& value) {
  if (is_narrow(value.dtype())) {
    return cast(full(shape, cast(value, DType::kF32)), value.dtype());
  }
  if (value.numel() != 1) {
    fail<ValueError>("full", "needs one value, got shape ", value.shape(),
                     ". Use broadcast_to(value, shape)");
  }
  Tensor out(shape, value.dtype());
  if (out.numel() == 0) return out;
  reads_value(value, "the value of full");
  FillArgs args = {out.data(), out.numel(), 0};
  std::memcpy(&args.pattern, value.data(), value.bytes());
  // About 15 bytes per nanosecond and thread.
  const double work = static_cast<double>(out.bytes()) * 0.07;
  launch("full", fill_kernels_variants.current().fill[size_index(value.dtype())], args, work, {},
         {&out});
  return out;
}

}  // namespace mark1
