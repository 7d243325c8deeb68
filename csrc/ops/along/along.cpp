#include "ops/along/along.h"

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "cuda/sort_room.h"
#include "ops/fill/fill.h"
#include "ops/gather/check_indices.h"

namespace mark1 {

MARK1_VARIANTS(AlongKernels, along_kernels);

namespace {

// 0 for int32, 1 for int64.
int check_operands(const char* op, const Tensor& x, const Tensor& indices, int axis, bool same) {
  if (indices.dtype() != DType::kI32 && indices.dtype() != DType::kI64) {
    fail<TypeError>(op, "indices must be int32 or int64, got ", name(indices.dtype()),
                    ". Convert with cast(indices, 'int32')");
  }
  bool fits = x.rank() == indices.rank();
  for (int i = 0; fits && i < x.rank(); ++i) {
    fits = (i == axis && !same) || x.shape()[i] == indices.shape()[i];
  }
  if (!fits) {
    fail<ValueError>(op, "x and indices must agree in all axes but axis ", axis, " (x: ", x.shape(),
                     ", indices: ", indices.shape(), ")");
  }
  return indices.dtype() == DType::kI64 ? 1 : 0;
}

// A thread of a device adds up a line of so many elements alone.
constexpr int64_t kShortLine = 256;

Tensor run(const char* op, Kernel<AlongArgs> kernel, const Tensor& x, const Tensor& indices,
           int axis, int64_t n, const Shape& shape, bool sorts) {
  Tensor out(shape, x.dtype());
  if (out.numel() == 0 && indices.numel() == 0) return out;
  const Tensor wrong(Shape{}, DType::kI64);
  const Shape& s = indices.shape();
  const int64_t bytes = sorts ? gpu::add_sorted_bytes(indices.numel(), out.numel()) : 0;
  const Tensor scratch(Shape{bytes}, DType::kU8);
  const AlongArgs args = {x.data(),
                          indices.data(),
                          out.data(),
                          wrong.as<int64_t>(),
                          s.slice(0, axis).numel(),
                          n,
                          s[axis],
                          s.slice(axis + 1, s.rank()).numel(),
                          sorts ? scratch.data() : nullptr};
  // About a nanosecond per index and thread.
  const double work = 1.0 * static_cast<double>(indices.numel() + out.numel());
  launch(op, kernel, args, work, {&x, &indices}, {&out, &wrong, &scratch});
  check_indices(op, "elements", indices, wrong, n);
  return out;
}

}  // namespace

Tensor take_along(const Tensor& x, const Tensor& indices, int64_t axis) {
  const char* op = "take_along_axis";
  const int along = normalize_axis(op, axis, x.rank());
  const int kind = check_operands(op, x, indices, along, false);
  const AlongKernels& kernels = along_kernels_variants.current();
  refuse_narrow(op, x.dtype());
  return run(op, kernels.take[kind][size_index(x.dtype())], x, indices, along, x.shape()[along],
             indices.shape(), false);
}

Tensor add_along(const Tensor& x, const Tensor& indices, int64_t axis, int64_t n) {
  const char* op = "add_along_axis";
  const int along = normalize_axis(op, axis, x.rank());
  const int kind = check_operands(op, x, indices, along, true);
  Shape shape = x.shape();
  shape[along] = n;
  const AlongKernels& kernels = along_kernels_variants.current();
  const bool sorts = works_on_device() && x.shape()[along] > kShortLine &&
                     gpu::worth_sorting(indices.numel(), shape.numel());
  return run(op, kernels.add[kind][float_index(op, x.dtype())], x, indices, along, n, shape, sorts);
}

}  // namespace mark1
