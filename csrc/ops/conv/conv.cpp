#include "ops/conv/conv.h"

#include <algorithm>

#include "core/device.h"
#include "core/isa.h"
#include "core/launch.h"
#include "ops/conv/geometry.h"
#include "ops/gemm/double_units.h"
#include "ops/reduce/reduce.h"

namespace mark1 {

MARK1_VARIANTS(ConvKernels, conv_kernels);

namespace {

// Nanoseconds on one thread at about 100 GFLOP/s in float32.
double estimated_work(const ConvWindows& windows, int64_t outputs, int index) {
  auto terms = static_cast<double>(windows.batch * windows.groups * windows.channels);
  for (const ConvAxis& axis : windows.axis) terms *= static_cast<double>(axis.windows * axis.taps);
  return (index + 1) * 0.02 * terms * static_cast<double>(outputs);
}

void launch_product(const char* op, ConvArgs& args, const Tensor& x, const Tensor& w,
                    const ConvEpilogue& epilogue, const Tensor& y) {
  const int index = float_index(op, x.dtype());
  if (works_on_device() && index == 1) find_double_units();
  const ConvKernels& kernels = conv_kernels_variants.current();
  const double work = estimated_work(args.windows, args.outputs, index);
  const int members = team_size(work);
  // An empty workspace keeps a cache line.
  const int64_t bytes = kernels.product_bytes[index](args, members);
  const Tensor workspace(Shape{bytes > 0 ? bytes : 64}, DType::kU8);
  args.workspace = workspace.data();
  const LaunchLimits limits{members};
  if (epilogue.bias) {
    launch(op, kernels.product[index], args, work, {&x, &w, epilogue.bias}, {&y, &workspace},
           limits);
  } else {
    launch(op, kernels.product[index], args, work, {&x, &w}, {&y, &workspace}, limits);
  }
}

ConvArgs make_args(const ConvWindows& windows, int64_t outputs, const ConvEpilogue& epilogue) {
  ConvArgs args = {};
  args.windows = windows;
  args.outputs = outputs;
  args.bias = epilogue.bias ? epilogue.bias->data() : nullptr;
  args.activation = epilogue.activation;
  args.alpha = epilogue.alpha;
  return args;
}

// Whether every window is one whole pixel and the windows are all pixels: then x is a matrix.
bool is_matrix(const ConvWindow& window, const Shape& x, const Shape& w) {
  for (int i = 0; i < window.rank; ++i) {
    if (w[i] != 1 || window.strides[i] != 1 || window.low[i] != 0 || window.high[i] != 0) {
      return false;
    }
  }
  return w[window.rank] == x.back();
}

Shape filter_matrix(const Shape& w) {
  return w.slice(w.rank() - 2, w.rank());
}

void check_bias(const char* op, const Spec& bias, DType dtype, int64_t outputs) {
  if (bias.dtype != dtype) {
    fail<TypeError>(op, "x is ", name(dtype), ", the bias is ", name(bias.dtype));
  }
  if (bias.shape.rank() != 1 || bias.shape[0] != outputs) {
    fail<ValueError>(op, "the bias must have shape (", outputs, ",), one element per output, got ",
                     bias.shape);
  }
}

Tensor sum_of_windows(const Tensor& dy) {
  std::vector<int64_t> axes;
  for (int i = 0; i < dy.shape().rank() - 1; ++i) axes.push_back(i);
  return sum(dy, axes, false);
}

ConvPool pool_args(const char* op, const Tensor& dy, const ConvPooled& pool) {
  const PoolArgs args =
      max_pool_backward_args(op, dy, pool.index, pool.shape, pool.windows, &pool.pooled);
  ConvPool out = {pool.index.as<uint8_t>(), args.pooled, {}};
  for (int i = 0; i < kConvAxes; ++i) out.axis[i] = args.axis[i];
  return out;
}

}  // namespace

Spec conv_spec(const char* op, const Spec& x, const Spec& w, const Spec* bias,
               const ConvWindow& window) {
  check_conv(op, x, w, window);
  if (bias) check_bias(op, *bias, x.dtype, w.shape.back());
  return {conv_shape(op, x.shape, w.shape, window), x.dtype};
}

Tensor conv(const char* op, const Tensor& x, const Tensor& w, const ConvWindow& window,
            const ConvEpilogue& epilogue) {
  const Spec bias = epilogue.bias ? epilogue.bias->spec() : Spec{};
  const Spec spec = conv_spec(op, x.spec(), w.spec(), epilogue.bias ? &bias : nullptr, window);
  if (is_matrix(window, x.shape(), w.shape())) {
    const GemmOptions options{false, false, epilogue.activation, epilogue.alpha};
    return gemm(op, x, w.reshaped(filter_matrix(w.shape())), epilogue.bias, options);
  }
  Tensor y(spec);
  if (y.numel() == 0) return y;

  ConvWindows windows = windows_of(x.shape(), w.shape(), y.shape(), window);
  windows.source = x.data();
  ConvArgs args = make_args(windows, w.shape().back() / windows.groups, epilogue);
  args.w = w.data();
  args.w_output = 1;
  args.w_group = args.outputs;
  args.w_channel = w.shape().back();
  int64_t w_stride = args.w_channel * windows.channels;
  int64_t y_stride = w.shape().back();
  for (int axis = kConvAxes - 1; axis >= 0; --axis) {
    args.w_tap[axis] = w_stride;
    w_stride *= windows.axis[axis].taps;
    args.y_window[axis] = y_stride;
    y_stride *= windows.axis[axis].windows;
  }
  args.y = y.data();
  args.y_batch = y_stride;
  launch_product(op, args, x, w, epilogue, y);
  return y;
}

Tensor conv_input_gradient(const char* op, const Tensor& dy, const Tensor& w, const Shape& x_shape,
                           const ConvWindow& window, const ConvEpilogue& epilogue) {
  check_conv(op, {x_shape, dy.dtype()}, w.spec(), window);
  check_output(op, dy.shape(), conv_shape(op, x_shape, w.shape(), window));
  if (epilogue.bias) check_bias(op, epilogue.bias->spec(), dy.dtype(), x_shape.back());
  if (is_matrix(window, x_shape, w.shape())) {
    const GemmOptions options{false, true, epilogue.activation, epilogue.alpha};
    return gemm(op, dy, w.reshaped(filter_matrix(w.shape())), epilogue.bias, options);
  }
  Tensor dx(x_shape, dy.dtype());
  if (dx.numel() == 0) return dx;

  const ConvWindows forward = windows_of(x_shape, w.shape(), dy.shape(), window);
  const auto item = static_cast<int64_t>(item_size(dy.dtype()));
  const int64_t outputs = w.shape().back();
  int64_t phases = 1;
  for (const ConvAxis& axis : forward.axis) phases *= std::min(axis.step, axis.size);
  for (int64_t phase = 0; phase < phases; ++phase) {
    ConvWindows windows = forward;
    windows.source = dy.data();
    windows.channels = outputs / forward.groups;
    ConvArgs args = make_args(windows, forward.channels, epilogue);
    args.w_channel = 1;
    args.w_output = outputs;
    args.w_group = windows.channels;
    int64_t w_stride = outputs * forward.channels;
    int64_t x_stride = x_shape.back();
    int64_t w_first = 0;
    int64_t x_first = 0;
    int64_t rest = phase;
    for (int i = kConvAxes - 1; i >= 0; --i) {
      const ConvAxis& axis = forward.axis[i];
      const int64_t count = std::min(axis.step, axis.size);
      const int64_t first = rest % count;
      const ConvPhase part = phase_of(axis, first);
      rest /= count;
      args.windows.axis[i] = part.axis;
      args.w_tap[i] = w_stride * part.tap_step;
      w_first += w_stride * part.first_tap;
      args.y_window[i] = x_stride * axis.step;
      x_first += x_stride * first;
      w_stride *= axis.taps;
      x_stride *= axis.size;
    }
    args.w = static_cast<const char*>(w.data()) + w_first * item;
    args.y = static_cast<char*>(dx.data()) + x_first * item;
    args.y_batch = x_stride;
    launch_product(op, args, dy, w, epilogue, dx);
  }
  return dx;
}

FilterGradient conv_filter_gradient(const char* op, const Tensor& x, const Tensor& dy,
                                    const Shape& w_shape, const ConvWindow& window, bool bias,
                                    const ConvPooled* pool) {
  const Shape& y_shape = pool ? pool->shape : dy.shape();
  check_conv(op, x.spec(), {w_shape, dy.dtype()}, window);
  check_output(op, y_shape, conv_shape(op, x.shape(), w_shape, window));
  const bool matrix = is_matrix(window, x.shape(), w_shape);
  const ConvWindows windows = windows_of(x.shape(), w_shape, y_shape, window);
  const bool none = w_shape.numel() == 0;
  // A device reads dy and nothing else while it multiplies.
  if (pool && (none || matrix || windows.groups != 1 || pool->index.dtype() != DType::kU8 ||
               works_on_device())) {
    const Tensor whole =
        max_pool_backward(dy, pool->index, pool->shape, pool->windows, &pool->pooled);
    return conv_filter_gradient(op, x, whole, w_shape, window, bias, nullptr);
  }
  if (matrix) {
    const Tensor dw = gemm(op, x, dy, nullptr, {true, false}).reshaped(w_shape);
    return {dw, bias ? sum_of_windows(dy) : Tensor()};
  }
  FilterGradient out = {Tensor(w_shape, x.dtype()), Tensor()};
  const bool apart = bias && (none || windows.groups != 1 || works_on_device());
  if (apart) out.db = sum_of_windows(dy);
  if (bias && !apart) out.db = Tensor(Shape{w_shape.back()}, x.dtype());
  if (none) return out;

  const int index = float_index(op, x.dtype());
  if (works_on_device() && index == 1) find_double_units();
  const ConvKernels& kernels = conv_kernels_variants.current();
  ConvFilterArgs args = {};
  args.windows = windows;
  args.windows.source = x.data();
  args.outputs = w_shape.back() / args.windows.groups;
  args.dy = dy.data();
  args.dw = out.dw.data();
  std::vector<const Tensor*> inputs = {&x, &dy};
  std::vector<const Tensor*> outputs = {&out.dw};
  if (bias && !apart) {
    args.db = out.db.data();
    outputs.push_back(&out.db);
  }
  if (pool) {
    args.pool = pool_args(op, dy, *pool);
    inputs.insert(inputs.end(), {&pool->index, &pool->pooled});
  }
  const double work = estimated_work(args.windows, args.outputs, index);
  const int members = team_size(work);
  const int64_t bytes = kernels.filter_bytes[index](args, members);
  const Tensor workspace(Shape{bytes > 0 ? bytes : 64}, DType::kU8);
  args.workspace = workspace.data();
  outputs.push_back(&workspace);
  launch(op, kernels.filter[index], args, work, inputs, outputs, {members});
  return out;
}

}  // namespace mark1
