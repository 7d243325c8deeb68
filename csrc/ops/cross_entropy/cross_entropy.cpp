#include "ops/cross_entropy/cross_entropy.h"

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"

namespace mark1 {

MARK1_VARIANTS(CrossEntropyKernels, cross_entropy_kernels);

namespace {

constexpr const char* kSparse = "sparse_categorical_crossentropy";
constexpr const char* kDense = "categorical_crossentropy";
constexpr const char* kBinary = "binary_crossentropy";

// Nanoseconds of one thread: a row costs some 25 by itself, an element 0.26 (float32).
double work_of(int64_t rows, const Tensor& x) {
  return 25.0 * static_cast<double>(rows) + 0.065 * static_cast<double>(x.bytes());
}

Shape row_shape(const char* op, const Tensor& x) {
  if (x.rank() == 0) fail<ValueError>(op, "the output must have an axis of classes, got a scalar");
  return x.shape().slice(0, x.rank() - 1);
}

void check_target(const char* op, const Tensor& target, const Tensor& x) {
  if (!(target.shape() == x.shape())) {
    fail<ValueError>(op, "target and output must have the same shape (target: ", target.shape(),
                     ", output: ", x.shape(), ")");
  }
  if (target.dtype() != x.dtype()) {
    fail<TypeError>(op, "target is ", name(target.dtype()), ", output ", name(x.dtype()));
  }
}

void check_rows(const char* op, const Tensor& labels, const Shape& rows, const Tensor& x) {
  if (!(labels.shape() == rows)) {
    fail<ValueError>(op, "needs one label per row (target: ", labels.shape(),
                     ", output: ", x.shape(), ")");
  }
}

CrossEntropyArgs make_args(const Tensor& target, const Tensor& x, const Tensor& stats) {
  CrossEntropyArgs args = {};
  args.target = target.data();
  args.x = x.data();
  args.stats = stats.data();
  args.n = x.shape().back();
  args.rows = stats.shape()[0];
  args.label = target.dtype();
  return args;
}

RowLosses forward(const char* op, const Kernel<CrossEntropyArgs>* kernels, const Tensor& target,
                  const Tensor& x, const Shape& rows) {
  const int precision = float_index(op, x.dtype());
  if (x.shape().back() == 0) fail<ValueError>(op, "there are no classes (output: ", x.shape(), ")");
  RowLosses out{Tensor(rows, x.dtype()), Tensor(Shape{rows.numel(), 3}, x.dtype())};
  if (out.loss.numel() == 0) return out;
  CrossEntropyArgs args = make_args(target, x, out.stats);
  args.out = out.loss.data();
  launch(op, kernels[precision], args, work_of(args.rows, x), {&target, &x},
         {&out.loss, &out.stats});
  return out;
}

Tensor backward(const char* op, const Kernel<CrossEntropyArgs>* kernels, const Tensor& dy,
                const Tensor& target, const Tensor& x, const Tensor& stats) {
  const int precision = float_index(op, x.dtype());
  if (!(dy.shape() == row_shape(op, x)) || dy.dtype() != x.dtype()) {
    fail<ValueError>(op, "dy must have the losses' shape (dy: ", dy.shape(),
                     ", output: ", x.shape(), ")");
  }
  if (!(stats.shape() == Shape{dy.numel(), 3}) || stats.dtype() != x.dtype()) {
    fail<ValueError>(op, "stats are not those of output (stats: ", stats.shape(), ")");
  }
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  CrossEntropyArgs args = make_args(target, x, stats);
  args.dy = dy.data();
  args.out = out.data();
  launch(op, kernels[precision], args, work_of(args.rows, x), {&dy, &target, &x, &stats}, {&out});
  return out;
}

struct LabelCheck {
  const char* op;
  int64_t classes;
};

template <class T>
void refuse_label(const LabelCheck& args, int64_t place, const void* value) {
  fail<ValueError>(args.op, "labels must be whole numbers from 0 to ", args.classes - 1,
                   ", the target is ", +*static_cast<const T*>(value), " at position ", place);
}

}  // namespace

void check_labels(const char* op, const Tensor& labels, int64_t classes) {
  refuse_narrow(op, labels.dtype());
  const auto& kernels = cross_entropy_kernels_variants.current().wrong_label;
  visit_dtype(labels.dtype(), [&](auto element) {
    using T = decltype(element);
    if constexpr (!std::is_same_v<T, bool>) {
      const Tensor wrong(Shape{}, DType::kI64);
      const LabelArgs args = {labels.data(), wrong.as<int64_t>(), labels.numel(), classes};
      launch("check_labels", kernels[static_cast<int>(labels.dtype())], args, 0, {&labels},
             {&wrong});
      launch_check("check_labels", &refuse_label<T>, LabelCheck{op, classes}, labels, wrong);
    }
  });
}

RowLosses sparse_cross_entropy(From from, const Tensor& labels, const Tensor& x) {
  const Shape rows = row_shape(kSparse, x);
  check_rows(kSparse, labels, rows, x);
  const auto& kernels = cross_entropy_kernels_variants.current().sparse;
  return forward(kSparse, kernels[static_cast<int>(from)], labels, x, rows);
}

RowLosses dense_cross_entropy(From from, const Tensor& target, const Tensor& x) {
  const Shape rows = row_shape(kDense, x);
  check_target(kDense, target, x);
  const auto& kernels = cross_entropy_kernels_variants.current().dense;
  return forward(kDense, kernels[static_cast<int>(from)], target, x, rows);
}

Tensor sparse_cross_entropy_backward(From from, const Tensor& dy, const Tensor& labels,
                                     const Tensor& x, const Tensor& stats) {
  check_rows(kSparse, labels, row_shape(kSparse, x), x);
  const auto& kernels = cross_entropy_kernels_variants.current().sparse_backward;
  return backward("sparse_categorical_crossentropy_backward", kernels[static_cast<int>(from)], dy,
                  labels, x, stats);
}

Tensor dense_cross_entropy_backward(From from, const Tensor& dy, const Tensor& target,
                                    const Tensor& x, const Tensor& stats) {
  check_target(kDense, target, x);
  const auto& kernels = cross_entropy_kernels_variants.current().dense_backward;
  return backward("categorical_crossentropy_backward", kernels[static_cast<int>(from)], dy, target,
                  x, stats);
}

Tensor binary_cross_entropy(From from, const Tensor& target, const Tensor& x) {
  const int precision = float_index(kBinary, x.dtype());
  check_target(kBinary, target, x);
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  const BinaryArgs args{target.data(), x.data(), nullptr, out.data(), x.numel()};
  const auto kernel =
      cross_entropy_kernels_variants.current().binary[static_cast<int>(from)][precision];
  launch(kBinary, kernel, args, 0.11 * static_cast<double>(x.bytes()), {&target, &x}, {&out});
  return out;
}

Tensor binary_cross_entropy_backward(From from, const Tensor& dy, const Tensor& target,
                                     const Tensor& x) {
  const char* op = "binary_crossentropy_backward";
  const int precision = float_index(op, x.dtype());
  check_target(op, target, x);
  check_target(op, dy, x);
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  const BinaryArgs args{target.data(), x.data(), dy.data(), out.data(), x.numel()};
  const auto kernel =
      cross_entropy_kernels_variants.current().binary_backward[static_cast<int>(from)][precision];
  launch(op, kernel, args, 0.11 * static_cast<double>(x.bytes()), {&dy, &target, &x}, {&out});
  return out;
}

}  // namespace mark1
