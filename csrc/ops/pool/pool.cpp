#include "ops/pool/pool.h"

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(PoolKernels, pool_kernels);

namespace {

std::string text(const std::vector<int64_t>& numbers) {
  Shape shape;
  for (const int64_t number : numbers) shape.push_back(number);
  return shape.str();
}

int64_t windows_along(const char* op, const Shape& x, int axis, const PoolWindows& windows) {
  const int64_t size = x[axis + 1], window = windows.size[static_cast<size_t>(axis)];
  const int64_t stride = windows.strides[static_cast<size_t>(axis)];
  if (size < 0) return -1;
  if (windows.same) return (size + stride - 1) / stride;
  if (size < window) {
    fail<ValueError>(op, "a window of ", text(windows.size), " does not fit into x: ", x,
                     ". Use a smaller pool_size or padding='same'");
  }
  return (size - window) / stride + 1;
}

PoolArgs make_args(const Shape& x, const Shape& out, const PoolWindows& windows) {
  PoolArgs args = {};
  args.batch = x[0];
  args.channels = x.back();
  const int axes = x.rank() - 2;
  for (PoolAxis& axis : args.axis) axis = {1, 1, 1, 1, 0};
  for (int i = 0; i < axes; ++i) {
    const auto at = static_cast<size_t>(i);
    PoolAxis& axis = args.axis[kPoolAxes - axes + i];
    axis = {x[i + 1], out[i + 1], windows.size[at], windows.strides[at], 0};
    const int64_t padding = (axis.windows - 1) * axis.stride + axis.window - axis.size;
    if (windows.same && padding > 0) axis.before = padding / 2;
  }
  return args;
}

bool small(const PoolWindows& windows) {
  int64_t elements = 1;
  for (const int64_t size : windows.size) elements *= size;
  return elements <= 256;
}

// x is what is pooled over, y has one element per window; both as the kernel sees them.
void run(const char* op, Kernel<PoolArgs> kernel, PoolArgs args, const Tensor& in,
         const Tensor* index, TensorList inputs, const Tensor& out, TensorList outputs) {
  args.in = in.data();
  args.index = index ? index->data() : nullptr;
  args.out = out.data();
  args.stream = is_far(2 * out.bytes());
  // About 12 bytes per nanosecond and thread from the second-level cache.
  const double work = 0.08 * static_cast<double>(in.bytes() + out.bytes());
  launch(op, kernel, args, work, inputs, outputs);
}

void check_windows(const char* op, const Tensor& dy, const Tensor* index, const Shape& expected) {
  const bool indexed = !index || index->shape() == expected;
  if (!(dy.shape() == expected) || !indexed) {
    fail<ValueError>(op, "needs one value per window, ", expected, ", got ", dy.shape());
  }
}

void check_pooled(const char* op, const Tensor& dy, const Tensor& pooled,
                  const PoolWindows& windows) {
  if (!(pooled.shape() == dy.shape()) || pooled.dtype() != dy.dtype()) {
    fail<ValueError>(op, "needs one result per window (pooled: ", pooled.shape(),
                     ", dy: ", dy.shape(), ")");
  }
  for (size_t i = 0; i < windows.size.size(); ++i) {
    if (windows.strides[i] < windows.size[i]) {
      fail<ValueError>(op, "windows overlap (pool_size: ", text(windows.size),
                       ", strides: ", text(windows.strides),
                       "). The gradient of relu comes after that of max_pool then");
    }
  }
}

}  // namespace

Shape pool_shape(const char* op, const Shape& x, const PoolWindows& windows) {
  const int axes = x.rank() - 2;
  if (axes < 1 || axes > kPoolAxes) {
    fail<ValueError>(op, "needs (batch, 1 to 3 spatial axes, channels), got x: ", x);
  }
  if (windows.size.size() != static_cast<size_t>(axes) ||
      windows.strides.size() != static_cast<size_t>(axes)) {
    fail<ValueError>(op, "needs one number per spatial axis (x: ", x,
                     ", pool_size: ", text(windows.size), ", strides: ", text(windows.strides),
                     ")");
  }
  for (int i = 0; i < axes; ++i) {
    const auto at = static_cast<size_t>(i);
    constexpr int64_t most = INT32_MAX;
    if (windows.size[at] < 1 || windows.strides[at] < 1 || windows.size[at] > most ||
        windows.strides[at] > most) {
      fail<ValueError>(op, "pool_size and strides must be from 1 to 2^31 - 1 (pool_size: ",
                       text(windows.size), ", strides: ", text(windows.strides), ")");
    }
  }
  int64_t elements = 1;
  for (const int64_t size : windows.size) {
    if (size > INT32_MAX / elements) {
      fail<ValueError>(
          op, "a window has at most 2^31 - 1 elements (pool_size: ", text(windows.size), ")");
    }
    elements *= size;
  }
  Shape out = x;
  for (int i = 0; i < axes; ++i) out[i + 1] = windows_along(op, x, i, windows);
  return out;
}

MaxPooled max_pool(const Tensor& x, const PoolWindows& windows) {
  const int precision = float_index("max_pool", x.dtype());
  const Shape shape = pool_shape("max_pool", x.shape(), windows);
  const bool bytes = small(windows);
  MaxPooled pooled = {Tensor(shape, x.dtype()), Tensor(shape, bytes ? DType::kU8 : DType::kI32)};
  const auto& [out, index] = pooled;
  if (out.numel() == 0) return pooled;
  const auto kernel = pool_kernels_variants.current().max_pool[precision][bytes ? 0 : 1];
  run("max_pool", kernel, make_args(x.shape(), shape, windows), x, &index, {&x}, out,
      {&out, &index});
  return pooled;
}

PoolArgs max_pool_backward_args(const char* op, const Tensor& dy, const Tensor& index,
                                const Shape& shape, const PoolWindows& windows,
                                const Tensor* pooled) {
  const Shape outs = pool_shape(op, shape, windows);
  check_windows(op, dy, &index, outs);
  if (pooled) check_pooled(op, dy, *pooled, windows);
  PoolArgs args = make_args(shape, outs, windows);
  args.pooled = pooled ? pooled->data() : nullptr;
  return args;
}

Tensor max_pool_backward(const Tensor& dy, const Tensor& index, const Shape& shape,
                         const PoolWindows& windows, const Tensor* pooled) {
  const char* op = "max_pool_backward";
  const int precision = float_index(op, dy.dtype());
  const PoolArgs args = max_pool_backward_args(op, dy, index, shape, windows, pooled);
  Tensor dx(shape, dy.dtype());
  if (dx.numel() == 0) return dx;
  const bool bytes = index.dtype() == DType::kU8;
  const auto kernel = pool_kernels_variants.current().max_pool_backward[precision][bytes ? 0 : 1];
  if (pooled) {
    run(op, kernel, args, dy, &index, {&dy, &index, pooled}, dx, {&dx});
  } else {
    run(op, kernel, args, dy, &index, {&dy, &index}, dx, {&dx});
  }
  return dx;
}

Tensor max_pool_gather(const Tensor& g, const Tensor& index, const PoolWindows& windows) {
  const char* op = "max_pool_gather";
  const int precision = float_index(op, g.dtype());
  const Shape shape = pool_shape(op, g.shape(), windows);
  check_windows(op, index, nullptr, shape);
  Tensor out(shape, g.dtype());
  if (out.numel() == 0) return out;
  const bool bytes = index.dtype() == DType::kU8;
  const auto kernel = pool_kernels_variants.current().max_pool_gather[precision][bytes ? 0 : 1];
  run(op, kernel, make_args(g.shape(), shape, windows), g, &index, {&g, &index}, out, {&out});
  return out;
}

Tensor average_pool(const Tensor& x, const PoolWindows& windows) {
  const int precision = float_index("average_pool", x.dtype());
  const Shape shape = pool_shape("average_pool", x.shape(), windows);
  Tensor out(shape, x.dtype());
  if (out.numel() == 0) return out;
  run("average_pool", pool_kernels_variants.current().average_pool[precision],
      make_args(x.shape(), shape, windows), x, nullptr, {&x}, out, {&out});
  return out;
}

Tensor average_pool_backward(const Tensor& dy, const Shape& shape, const PoolWindows& windows) {
  const char* op = "average_pool_backward";
  const int precision = float_index(op, dy.dtype());
  const Shape outs = pool_shape(op, shape, windows);
  check_windows(op, dy, nullptr, outs);
  Tensor dx(shape, dy.dtype());
  if (dx.numel() == 0) return dx;
  run(op, pool_kernels_variants.current().average_pool_backward[precision],
      make_args(shape, outs, windows), dy, nullptr, {&dy}, dx, {&dx});
  return dx;
}

}  // namespace mark1
