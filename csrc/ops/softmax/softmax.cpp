#include "ops/softmax/softmax.h"

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(SoftmaxKernels, softmax_kernels);

namespace {

using Member = Kernel<SoftmaxArgs> (SoftmaxKernels::*)[2];

// Nanoseconds of one thread: a row costs some 15 by itself, an element 0.35 (float32).
double work_of(int64_t rows, const Tensor& x) {
  return 15.0 * static_cast<double>(rows) + 0.08 * static_cast<double>(x.bytes());
}

SoftmaxArgs make_args(const Tensor& x, const Tensor* dy, const Tensor& out, int64_t rows) {
  SoftmaxArgs args = {};
  args.x = x.data();
  args.dy = dy ? dy->data() : nullptr;
  args.out = out.data();
  args.rows = rows;
  args.n = x.shape().back();
  args.stream = is_far(2 * out.bytes());
  return args;
}

Tensor forward(const char* op, Member kernels, const Tensor& x) {
  const int precision = float_index(op, x.dtype());
  const int64_t rows = rows_of(op, x.shape());
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  const SoftmaxArgs args = make_args(x, nullptr, out, rows);
  const auto kernel = (softmax_kernels_variants.current().*kernels)[precision];
  launch(op, kernel, args, work_of(rows, x), {&x}, {&out});
  return out;
}

Tensor backward(const char* op, Member kernels, const Tensor& dy, const Tensor& y) {
  const int precision = float_index(op, y.dtype());
  const int64_t rows = rows_of(op, y.shape());
  if (!(dy.shape() == y.shape()) || dy.dtype() != y.dtype()) {
    fail<ValueError>(op, "dy and y must be alike (dy: ", name(dy.dtype()), " ", dy.shape(),
                     ", y: ", name(y.dtype()), " ", y.shape(), ")");
  }
  Tensor out(y.spec());
  if (out.numel() == 0) return out;
  const SoftmaxArgs args = make_args(y, &dy, out, rows);
  const auto kernel = (softmax_kernels_variants.current().*kernels)[precision];
  launch(op, kernel, args, work_of(rows, y), {&dy, &y}, {&out});
  return out;
}

}  // namespace

int64_t rows_of(const char* op, const Shape& shape) {
  if (shape.rank() == 0) fail<ValueError>(op, "needs at least one axis, got a scalar");
  return shape.slice(0, shape.rank() - 1).numel();
}

Tensor softmax(const Tensor& x) {
  Tensor out = forward("softmax", &SoftmaxKernels::softmax, x);
  out.set_logits(x);
  return out;
}

Tensor log_softmax(const Tensor& x) {
  return forward("log_softmax", &SoftmaxKernels::log_softmax, x);
}

Tensor softmax_backward(const Tensor& dy, const Tensor& y) {
  return backward("softmax_backward", &SoftmaxKernels::softmax_backward, dy, y);
}

Tensor log_softmax_backward(const Tensor& dy, const Tensor& y) {
  return backward("log_softmax_backward", &SoftmaxKernels::log_softmax_backward, dy, y);
}

}  // namespace mark1
