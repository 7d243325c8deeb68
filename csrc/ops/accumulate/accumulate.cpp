#include "ops/accumulate/accumulate.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(AccumulateKernels, accumulate_kernels);

void accumulate(Variable& total, const Tensor& values, const Tensor* weights) {
  const Shape& shape = total.shape();
  if (!(shape == Shape{2})) {
    fail<ValueError>("accumulate", "the total needs shape (2,), it has ", shape);
  }
  const int to = float_index("accumulate", total.dtype());
  const int from = float_index("accumulate", values.dtype());
  if (weights && (weights->numel() != values.numel() || weights->dtype() != values.dtype())) {
    fail<ValueError>("accumulate", "needs one weight per value (values: ", values.shape(), " ",
                     name(values.dtype()), ", weights: ", weights->shape(), " ",
                     name(weights->dtype()), ")");
  }
  const Tensor& target = total.writable();
  const int64_t segments = (values.numel() + kAccumulateSegment - 1) / kAccumulateSegment;
  const bool apart = works_on_device() && segments > kSegmentsOfBlock;
  const Tensor totals(Shape{apart ? 2 * segments : 0}, values.dtype());
  const AccumulateArgs args = {values.data(), weights ? weights->data() : nullptr,
                               target.data(), values.numel(),
                               segments,      apart ? totals.data() : nullptr};
  // One member does it all: per-row values of a batch are few.
  constexpr double work = 0;
  const auto kernel = accumulate_kernels_variants.current().accumulate[from][to];
  if (weights) {
    launch("accumulate", kernel, args, work, {&values, weights, &target}, {&target, &totals});
  } else {
    launch("accumulate", kernel, args, work, {&values, &target}, {&target, &totals});
  }
}

}  // namespace mark1
