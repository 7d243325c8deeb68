#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/cross_entropy/cross_entropy.h"

namespace mark1 {
namespace {

From from_of(bool logits) {
  return logits ? From::kLogits : From::kProbabilities;
}

py::tuple as_tuple(const RowLosses& losses) {
  return py::make_tuple(losses.loss, losses.stats);
}

}  // namespace

void bind_cross_entropy(OpModule& module) {
  module.def("sparse_cross_entropy",
             [](const Tensor& labels, const Tensor& x, bool from_logits, bool check) {
               const bool checkable = check && x.rank() > 0;
               if (checkable) {
                 check_labels("sparse_categorical_crossentropy", labels, x.shape().back());
               }
               return as_tuple(sparse_cross_entropy(from_of(from_logits), labels, x));
             });
  module.def("cross_entropy", [](const Tensor& target, const Tensor& x, bool from_logits) {
    return as_tuple(dense_cross_entropy(from_of(from_logits), target, x));
  });
  module.def("sparse_cross_entropy_backward",
             [](const Tensor& dy, const Tensor& labels, const Tensor& x, const Tensor& stats,
                bool from_logits) {
               return sparse_cross_entropy_backward(from_of(from_logits), dy, labels, x, stats);
             });
  module.def("cross_entropy_backward", [](const Tensor& dy, const Tensor& target, const Tensor& x,
                                          const Tensor& stats, bool from_logits) {
    return dense_cross_entropy_backward(from_of(from_logits), dy, target, x, stats);
  });
  module.def("binary_cross_entropy", [](const Tensor& target, const Tensor& x, bool from_logits) {
    return binary_cross_entropy(from_of(from_logits), target, x);
  });
  module.def("binary_cross_entropy_backward",
             [](const Tensor& dy, const Tensor& target, const Tensor& x, bool from_logits) {
               return binary_cross_entropy_backward(from_of(from_logits), dy, target, x);
             });
}

}  // namespace mark1
