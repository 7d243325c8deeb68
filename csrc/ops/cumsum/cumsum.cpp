#include "ops/cumsum/cumsum.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(CumsumKernels, cumsum_kernels);

namespace {

int kernel_index(const char* op, Scan kind, DType dtype) {
  if (kind != Scan::kRecurrence && dtype == DType::kI32) return 2;
  if (kind != Scan::kRecurrence && dtype == DType::kI64) return 3;
  return float_index(op, dtype);
}

// Devices sum the chunks of a chain side by side, if they have not chains enough.
constexpr int64_t kManyChains = int64_t{1} << 16;
int64_t totals_on_device(Scan kind, const CumsumArgs& args) {
  if (!works_on_device() || kind != Scan::kSum || args.n <= kScanChunk) return 0;
  if (args.columns > 1 && args.outer * args.columns >= kManyChains) return 0;
  return args.outer * ((args.n + kScanChunk - 1) / kScanChunk) * args.columns;
}

Tensor scan(const char* op, Scan kind, const Tensor& x, const Tensor* factors, int64_t axis_given,
            bool reverse) {
  const int axis = normalize_axis(op, axis_given, x.rank());
  const int index = kernel_index(op, kind, x.dtype());
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
  const Tensor totals(Shape{totals_on_device(kind, args)}, x.dtype());
  if (totals.numel() > 0) args.totals = totals.data();
  // Four cycles from one product of a row to the next; columns take what memory does.
  const double work = static_cast<double>(out.numel()) * (args.columns == 1 ? 1.0 : 0.4);
  const auto& kernels = cumsum_kernels_variants.current().scan[static_cast<int>(kind)];
  launch(op, kernels[index], args, work, {&x, factors ? factors : &x}, {&out, &totals});
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
