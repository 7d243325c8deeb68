#include "ops/mean_error/mean_error.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(MeanErrorKernels, mean_error_kernels);

namespace {

constexpr const char* kBackwardNames[kErrors] = {"mean_squared_error_backward",
                                                 "mean_absolute_error_backward"};

// Checks the operands and returns the rows' shape.
Shape check(const char* op, const Tensor& t, const Tensor& x) {
  if (x.rank() == 0) fail<ValueError>(op, "needs at least one axis, got scalars");
  if (!(t.shape() == x.shape())) {
    fail<ValueError>(op, "y_true and y_pred must have the same shape (y_true: ", t.shape(),
                     ", y_pred: ", x.shape(), ")");
  }
  if (t.dtype() != x.dtype()) {
    fail<TypeError>(op, "y_true is ", name(t.dtype()), ", y_pred ", name(x.dtype()));
  }
  return x.shape().slice(0, x.rank() - 1);
}

double work_of(int64_t rows, const Tensor& x) {
  return 10.0 * static_cast<double>(rows) + 0.023 * static_cast<double>(x.bytes());
}

}  // namespace

Tensor mean_error(Error kind, const Tensor& t, const Tensor& x) {
  const char* op = kErrorNames[static_cast<int>(kind)];
  const int precision = float_index(op, x.dtype());
  Tensor out(check(op, t, x), x.dtype());
  if (out.numel() == 0) return out;
  const MeanErrorArgs args{t.data(), x.data(), nullptr, out.data(), out.numel(), x.shape().back()};
  const auto& table = mean_error_kernels_variants.current();
  launch(op, table.forward[static_cast<int>(kind)][precision], args, work_of(args.rows, x),
         {&t, &x}, {&out});
  return out;
}

Tensor mean_error_backward(Error kind, const Tensor& dy, const Tensor& t, const Tensor& x) {
  const char* op = kBackwardNames[static_cast<int>(kind)];
  const int precision = float_index(op, x.dtype());
  const Shape rows = check(op, t, x);
  if (!(dy.shape() == rows) || dy.dtype() != x.dtype()) {
    fail<ValueError>(op, "dy must have the errors' shape (dy: ", dy.shape(),
                     ", y_pred: ", x.shape(), ")");
  }
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  const MeanErrorArgs args{t.data(), x.data(), dy.data(), out.data(), dy.numel(), x.shape().back()};
  const auto& table = mean_error_kernels_variants.current();
  launch(op, table.backward[static_cast<int>(kind)][precision], args, work_of(args.rows, x),
         {&dy, &t, &x}, {&out});
  return out;
}

}  // namespace mark1
