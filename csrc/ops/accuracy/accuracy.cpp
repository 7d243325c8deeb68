#include "ops/accuracy/accuracy.h"

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "ops/cast/cast.h"

namespace mark1 {

MARK1_VARIANTS(AccuracyKernels, accuracy_kernels);

namespace {

void check_shapes(const char* op, const Tensor& y_true, const Tensor& y_pred) {
  if (!(y_true.shape() == y_pred.shape())) {
    fail<ValueError>(op, "needs one label per prediction (y_true: ", y_true.shape(),
                     ", y_pred: ", y_pred.shape(), ")");
  }
}

}  // namespace

Tensor index_matches(const Tensor& labels, const Tensor& classes) {
  check_shapes("index_matches", labels, classes);
  refuse_narrow("index_matches", labels.dtype());
  const Tensor wide = labels.dtype() < DType::kI32 ? cast(labels, DType::kI32) : labels;
  const Tensor index = cast(classes, DType::kI32);
  Tensor out(labels.shape(), DType::kF32);
  const int kind = static_cast<int>(wide.dtype()) - static_cast<int>(DType::kI32);
  const IndexMatchesArgs args = {wide.data(), index.as<int32_t>(), out.as<float>(), out.numel()};
  launch("index_matches", accuracy_kernels_variants.current().index_matches[kind], args,
         0.5 * static_cast<double>(out.numel()), {&wide, &index}, {&out});
  return out;
}

Tensor binary_matches(const Tensor& y_true, const Tensor& y_pred, double threshold) {
  check_shapes("binary_matches", y_true, y_pred);
  const int kind = float_index("binary_matches", y_pred.dtype());
  const Tensor label = cast(y_true, y_pred.dtype());
  Tensor out(y_pred.shape(), DType::kF32);
  const BinaryMatchesArgs args = {label.data(), y_pred.data(), out.as<float>(), out.numel(),
                                  threshold};
  launch("binary_matches", accuracy_kernels_variants.current().binary_matches[kind], args,
         0.5 * static_cast<double>(out.numel()), {&label, &y_pred}, {&out});
  return out;
}

}  // namespace mark1
