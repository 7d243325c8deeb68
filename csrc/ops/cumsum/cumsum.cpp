#include "ops/cumsum/cumsum.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(CumsumKernels, cumsum_kernels);

namespace {

Tensor scan(const char* op, Scan kind, const Tensor& x, const Tensor* factors, int64_t axis_given,
            bool reverse) {
  const int axis = normalize_axis(op, axis_given, x.rank());
  const int precision = float_index(op, x.dtype());
  if (factors && (!(factors->shape() == x.shape()) || factors->dtype() != x.dtype())) {
    fail<ValueError>(op, "needs one factor per element (x: ", x.shape(), " ", name(x.dtype()),
                     ", factors: ", factors->shape(), " ", name(factors->dtype()), ")");
  }
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  CumsumArgs args = {};
  args.x = x.data();
  args.factors = factors ? factors->data() : nullptr;
  args.out = out.data();
  args.outer = args.columns = 1;
  for (int i = 0; i < axis; ++i) args.outer *= x.shape()[i];
  args.n = x.shape()[axis];
  for (int i = axis + 1; i < x.rank(); ++i) args.columns *= x.shape()[i];
  args.reverse = reverse;
  // Four cycles from one sum of a row to the next; columns take what memory does.
  const double work = static_cast<double>(out.numel()) * (args.columns == 1 ? 1.0 : 0.4);
  const auto& kernels = cumsum_kernels_variants.current().scan[static_cast<int>(kind)];
  launch(op, kernels[precision], args, work, {&x, factors ? factors : &x}, {&out});
  return out;
}

}  // namespace

Tensor cumsum(const Tensor& x, int64_t axis, bool reverse) {
  return scan("cumsum", Scan::kSum, x, nullptr, axis, reverse);
}

Tensor cumprod(const Tensor& x, int64_t axis, bool reverse) {
  return scan("cumprod", Scan::kProduct, x, nullptr, axis, reverse);
}

Tensor recurrence(const Tensor& x, const Tensor& factors, int64_t axis, bool reverse) {
  return scan("recurrence", Scan::kRecurrence, x, &factors, axis, reverse);
}

}  // namespace mark1
