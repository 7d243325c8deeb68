#include "ops/fill/fill.h"

#include <cstring>

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "core/recorder.h"
#include "ops/cast/cast.h"

namespace mark1 {

MARK1_VARIANTS(FillKernels, fill_kernels);

namespace {

Tensor filled(const Shape& shape, DType dtype, const void* value) {
  Tensor out(shape, dtype);
  if (out.numel() == 0) return out;
  FillArgs args = {out.data(), out.numel(), 0};
  std::memcpy(&args.pattern, value, item_size(dtype));
  // About 15 bytes per nanosecond and thread.
  const double work = static_cast<double>(out.bytes()) * 0.07;
  launch("full", fill_kernels_variants.current().fill[size_index(dtype)], args, work, {}, {&out});
  return out;
}

}  // namespace

Tensor full(const Shape& shape, const Tensor& value) {
  if (value.numel() != 1) {
    fail<ValueError>("full", "needs one value, got shape ", value.shape(),
                     ". Use broadcast_to(value, shape)");
  }
  if (shape.numel() != 0) reads_value(value, "the value of full");
  if (!is_narrow(value.dtype())) return filled(shape, value.dtype(), value.data());
  // Widened here: the value lies on the host, and cast works where tensors are made.
  uint16_t bits;
  std::memcpy(&bits, value.data(), sizeof(bits));
  const float wide = value.dtype() == kBF16 ? widened(BFloat16{bits}) : widened(Half{bits});
  return cast(filled(shape, DType::kF32, &wide), value.dtype());
}

}  // namespace mark1
