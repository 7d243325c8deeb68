#include "ops/copy/copy.h"

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "ops/fill/fill.h"

namespace mark1 {

MARK1_VARIANTS(CopyKernels, copy_kernels);

namespace {

void row_major_strides(const Shape& shape, int64_t* strides) {
  int64_t stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
}

// Merges axes that are walked like one.
void collapse(const Shape& shape, const int64_t* strides, CopyArgs& args) {
  args.rank = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const int last = args.rank - 1;
    if (args.rank > 0 && args.strides[last] == strides[axis] * shape[axis]) {
      args.shape[last] *= shape[axis];
      args.strides[last] = strides[axis];
    } else {
      args.shape[args.rank] = shape[axis];
      args.strides[args.rank++] = strides[axis];
    }
  }
  if (args.rank == 0) {
    args.rank = 1;
    args.shape[0] = 1;
    args.strides[0] = 1;
  }
}

Tensor strided_copy(const char* op, const Tensor& x, const Shape& shape, const int64_t* strides,
                    int64_t start = 0) {
  if (shape.numel() == 0) return Tensor(shape, x.dtype());
  CopyArgs args = {};
  collapse(shape, strides, args);
  const auto offset = start * static_cast<int64_t>(item_size(x.dtype()));
  if (args.rank == 1 && (args.strides[0] == 1 || args.shape[0] == 1)) {
    return Tensor(x.storage(), x.byte_offset() + static_cast<size_t>(offset), shape, x.dtype());
  }
  Tensor out(shape, x.dtype());
  args.x = static_cast<const char*>(x.data()) + offset;
  args.out = out.data();
  args.stream = is_far(2 * out.bytes());
  // About 5 bytes written per nanosecond and thread, whatever the walk.
  const double work = static_cast<double>(out.bytes()) * 0.2;
  refuse_narrow(op, x.dtype());
  launch(op, copy_kernels_variants.current().copy[size_index(x.dtype())], args, work, {&x}, {&out});
  return out;
}

// Checks the cuts against `whole`; the shape they leave, and how it lies in `whole`.
Shape cut_shape(const char* op, const Shape& whole, const std::vector<Cut>& cuts, int64_t* strides,
                int64_t& start) {
  if (static_cast<int>(cuts.size()) != whole.rank()) {
    fail<ValueError>(op, "needs ", whole.rank(), " cuts, got ", cuts.size());
  }
  row_major_strides(whole, strides);
  Shape shape;
  start = 0;
  for (int axis = 0; axis < whole.rank(); ++axis) {
    const Cut& cut = cuts[static_cast<size_t>(axis)];
    int64_t last = 0;
    const bool far = __builtin_mul_overflow(cut.length - 1, cut.step, &last) ||
                     __builtin_add_overflow(last, cut.start, &last);
    const bool inside = cut.length == 0 || (!far && cut.start >= 0 && cut.start < whole[axis] &&
                                            last >= 0 && last < whole[axis]);
    if (cut.length < 0 || cut.step == 0 || !inside) {
      fail<ValueError>(op, "axis ", axis, " of ", whole, " has no ", cut.length, " elements from ",
                       cut.start, " in steps of ", cut.step);
    }
    start += cut.start * strides[axis];
    strides[axis] *= cut.step;
    shape.push_back(cut.length);
  }
  return shape;
}

}  // namespace

Tensor slice(const Tensor& x, const std::vector<Cut>& cuts) {
  int64_t strides[Shape::kMaxRank];
  int64_t start = 0;
  const Shape shape = cut_shape("slice", x.shape(), cuts, strides, start);
  return strided_copy("slice", x, shape, strides, start);
}

Tensor paste(const Tensor& x, const Shape& shape, const std::vector<Cut>& cuts) {
  int64_t strides[Shape::kMaxRank];
  CopyArgs args = {};
  const Shape part = cut_shape("paste", shape, cuts, strides, args.out_start);
  if (!(part == x.shape())) {
    fail<ValueError>("paste", "x has shape ", x.shape(), ", the cuts ", part);
  }
  Tensor out(shape, x.dtype());
  args.x = x.data();
  args.out = out.data();
  args.out_size = out.numel();
  collapse(part, strides, args);
  if (part.numel() == 0) args.shape[0] = 0;
  const double work = static_cast<double>(out.bytes()) * 0.1 + static_cast<double>(x.bytes()) * 0.2;
  refuse_narrow("paste", x.dtype());
  launch("paste", copy_kernels_variants.current().paste[size_index(x.dtype())], args, work, {&x},
         {&out});
  return out;
}

Tensor transpose(const Tensor& x, const std::vector<int64_t>& axes) {
  if (static_cast<int>(axes.size()) != x.rank()) {
    fail<ValueError>("transpose", "needs ", x.rank(), " axes, got ", axes.size(),
                     " (x: ", x.shape(), ")");
  }
  int64_t x_strides[Shape::kMaxRank];
  row_major_strides(x.shape(), x_strides);
  Shape shape;
  int64_t strides[Shape::kMaxRank];
  bool used[Shape::kMaxRank] = {};
  for (const int64_t given : axes) {
    const int axis = normalize_axis("transpose", given, x.rank());
    if (used[axis]) fail<ValueError>("transpose", "axis ", given, " is named twice");
    used[axis] = true;
    strides[shape.rank()] = x_strides[axis];
    shape.push_back(x.shape()[axis]);
  }
  return strided_copy("transpose", x, shape, strides);
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  const int missing = shape.rank() - x.rank();
  bool fits = missing >= 0;
  int64_t x_strides[Shape::kMaxRank];
  int64_t strides[Shape::kMaxRank] = {};
  row_major_strides(x.shape(), x_strides);
  for (int axis = 0; fits && axis < x.rank(); ++axis) {
    const int64_t dim = x.shape()[axis];
    fits = dim == 1 || dim == shape[axis + missing];
    strides[axis + missing] = dim == 1 ? 0 : x_strides[axis];
  }
  if (!fits) {
    fail<ValueError>("broadcast_to", "shape ", x.shape(), " does not broadcast to ", shape);
  }
  return strided_copy("broadcast_to", x, shape, strides);
}

}  // namespace mark1
