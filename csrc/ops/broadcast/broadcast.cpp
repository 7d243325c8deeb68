#include "ops/broadcast/broadcast.h"

#include <algorithm>

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"

namespace mark1 {

MARK1_VARIANTS(BroadcastKernels, broadcast_kernels);

namespace {

// Nanoseconds of arithmetic per byte of output, where it is more than memory takes.
constexpr double kRealCosts[kBinaries] = {0, 0, 0, 0, 0, 0, 0.35, 0.03, 0.04, 0.2};
// Integers are divided one by one.
constexpr double kWholeCosts[kBinaries] = {0, 0, 0, 0, 0, 0, 0.4, 0.2, 0.2};

// Fills shape and strides with as few axes as describe the same walk.
void collapse(const Shape& out, const int64_t* x_strides, const int64_t* y_strides,
              BroadcastArgs& args) {
  args.rank = 0;
  for (int axis = 0; axis < out.rank(); ++axis) {
    if (out[axis] == 1) continue;
    const int last = args.rank - 1;
    const bool mergeable = args.rank > 0 && args.x_strides[last] == x_strides[axis] * out[axis] &&
                           args.y_strides[last] == y_strides[axis] * out[axis];
    const int target = mergeable ? last : args.rank++;
    args.shape[target] = mergeable ? args.shape[target] * out[axis] : out[axis];
    args.x_strides[target] = x_strides[axis];
    args.y_strides[target] = y_strides[axis];
  }
  if (args.rank == 0) {
    args.rank = 1;
    args.shape[0] = 1;
    args.x_strides[0] = args.y_strides[0] = 0;
  }
}

}  // namespace

Shape broadcast_shape(const char* op, const Shape& x, const Shape& y) {
  Shape out = x.rank() >= y.rank() ? x : y;
  for (int i = 1; i <= std::min(x.rank(), y.rank()); ++i) {
    const int64_t a = x[x.rank() - i];
    const int64_t b = y[y.rank() - i];
    if (a != b && a != 1 && b != 1 && a >= 0 && b >= 0) {
      fail<ValueError>(op, "shapes do not broadcast together (x: ", x, ", y: ", y, ")");
    }
    // A known dimension other than 1 decides; unknown against 1 stays unknown.
    out[out.rank() - i] = a == 1 ? b : (b == 1 || a >= 0 ? a : b);
  }
  return out;
}

void broadcast_strides(const Shape& x, const Shape& out, int64_t* strides) {
  const int missing = out.rank() - x.rank();
  int64_t stride = 1;
  for (int axis = out.rank() - 1; axis >= 0; --axis) {
    const int64_t dim = axis < missing ? 1 : x[axis - missing];
    strides[axis] = dim == 1 ? 0 : stride;
    stride *= dim;
  }
}

Spec broadcast_spec(Binary op, const Spec& x, const Spec& y) {
  const char* op_name = kBinaryNames[static_cast<int>(op)];
  if (x.dtype != y.dtype) {
    fail<TypeError>(op_name, "x is ", name(x.dtype), ", y is ", name(y.dtype));
  }
  return {broadcast_shape(op_name, x.shape, y.shape), x.dtype};
}

BroadcastArgs broadcast_args(const Tensor& x, const Tensor& y, const Tensor& out) {
  BroadcastArgs args = {};
  args.x = x.data();
  args.y = y.data();
  args.out = out.data();
  if (x.shape() == y.shape()) {
    args.rank = 1;
    args.shape[0] = out.numel();
    args.x_strides[0] = args.y_strides[0] = 1;
  } else {
    int64_t x_strides[Shape::kMaxRank];
    int64_t y_strides[Shape::kMaxRank];
    broadcast_strides(x.shape(), out.shape(), x_strides);
    broadcast_strides(y.shape(), out.shape(), y_strides);
    collapse(out.shape(), x_strides, y_strides, args);
  }
  args.stream = is_far(x.bytes() + y.bytes() + out.bytes());
  return args;
}

Tensor broadcast(Binary op, const Tensor& x, const Tensor& y) {
  const int index = static_cast<int>(op);
  refuse_narrow(kBinaryNames[index], x.dtype());
  const auto kernel =
      broadcast_kernels_variants.current().binary[index][static_cast<int>(x.dtype())];
  const Spec spec = broadcast_spec(op, x.spec(), y.spec());
  if (!kernel.run) {
    fail<TypeError>(kBinaryNames[index], "does not take ", name(x.dtype()),
                    "; convert with cast(x, 'float32')");
  }
  Tensor out(spec);
  if (out.numel() == 0) return out;
  // One thread writes about 30 bytes of output per nanosecond while the operands are in its cache
  // and 4 when they come from memory (Zen 4): 16,384 floats take 2 us, less than a team costs.
  const auto bytes = static_cast<double>(out.bytes());
  const double cost = (is_float(x.dtype()) ? kRealCosts : kWholeCosts)[index];
  const double work = bytes * ((bytes < (1 << 19) ? 0.03 : 0.25) + cost);
  launch(kBinaryNames[index], kernel, broadcast_args(x, y, out), work, {&x, &y}, {&out});
  return out;
}

}  // namespace mark1
