#include "ops/pad/pad.h"

#include <cstring>

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "ops/copy/copy.h"
#include "ops/fill/fill.h"

namespace mark1 {

MARK1_VARIANTS(PadKernels, pad_kernels);

namespace {

PadMode mode_of(const std::string& mode) {
  if (mode == "constant") return PadMode::kConstant;
  if (mode == "reflect") return PadMode::kReflect;
  if (mode == "symmetric") return PadMode::kSymmetric;
  fail<ValueError>("pad", "mode must be 'constant', 'reflect' or 'symmetric', got '", mode, "'");
}

void check_width(const Shape& x, int axis, const PadWidth& width, PadMode mode) {
  if (width.before < 0 || width.after < 0) {
    fail<ValueError>("pad", "widths must not be negative, got (", width.before, ", ", width.after,
                     ") for axis ", axis, ". Cut with brackets instead: x[1:-1]");
  }
  if (mode == PadMode::kConstant) return;
  const int64_t most = x[axis] - (mode == PadMode::kReflect ? 1 : 0);
  const int64_t wanted = width.before > width.after ? width.before : width.after;
  if (wanted > 0 && wanted > most) {
    fail<ValueError>("pad", "axis ", axis, " has ", x[axis], " elements, too few to mirror ",
                     wanted, " (x: ", x, ")");
  }
}

}  // namespace

Tensor pad(const Tensor& x, const std::vector<PadWidth>& widths, const std::string& mode_name,
           const Tensor& value) {
  const PadMode mode = mode_of(mode_name);
  if (static_cast<int>(widths.size()) != x.rank()) {
    fail<ValueError>("pad", "needs one (before, after) for each of the ", x.rank(), " axes, got ",
                     widths.size(), " (x: ", x.shape(), ")");
  }
  PadArgs args = {};
  args.mode = mode;
  args.block = 1;
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const PadWidth& width = widths[static_cast<size_t>(axis)];
    check_width(x.shape(), axis, width, mode);
    int64_t size = x.shape()[axis];
    if (__builtin_add_overflow(size, width.before, &size) ||
        __builtin_add_overflow(size, width.after, &size)) {
      fail<ValueError>("pad", "axis ", axis, " would have more than 2^63 - 1 elements, widths (",
                       width.before, ", ", width.after, ") (x: ", x.shape(), ")");
    }
    shape.push_back(size);
  }
  if (shape == x.shape()) return x.reshaped(shape);
  Tensor out(shape, x.dtype());
  if (out.numel() == 0) return out;
  int last = x.rank() - 1;
  for (; shape[last] == x.shape()[last]; --last) args.block *= shape[last];
  for (int axis = 0; axis <= last; ++axis) {
    const PadWidth& width = widths[static_cast<size_t>(axis)];
    args.shape[args.rank] = x.shape()[axis];
    args.before[args.rank] = width.before;
    args.after[args.rank++] = width.after;
  }
  args.x = x.data();
  args.out = out.data();
  std::memcpy(&args.pattern, value.data(), item_size(x.dtype()));
  args.stream = is_far(2 * out.bytes());
  const auto row = static_cast<double>(shape[last] * args.block);
  // About 6 bytes written per nanosecond and thread, and 10 ns a row.
  const double work =
      static_cast<double>(out.bytes()) * 0.15 + static_cast<double>(out.numel()) / row * 10;
  refuse_narrow("pad", x.dtype());
  launch("pad", pad_kernels_variants.current().pad[size_index(x.dtype())], args, work, {&x},
         {&out});
  return out;
}

}  // namespace mark1
