#include "ops/cumsum/cumsum.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(CumsumKernels, cumsum_kernels);

Tensor cumsum(const Tensor& x, int64_t axis_given, bool reverse) {
  const int axis = normalize_axis("cumsum", axis_given, x.rank());
  const auto kernel = cumsum_kernels_variants.current().cumsum[float_index("cumsum", x.dtype())];
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  CumsumArgs args = {};
  args.x = x.data();
  args.out = out.data();
  args.outer = args.columns = 1;
  for (int i = 0; i < axis; ++i) args.outer *= x.shape()[i];
  args.n = x.shape()[axis];
  for (int i = axis + 1; i < x.rank(); ++i) args.columns *= x.shape()[i];
  args.reverse = reverse;
  // Four cycles from one sum of a row to the next; columns take what memory does.
  const double work = static_cast<double>(out.numel()) * (args.columns == 1 ? 1.0 : 0.4);
  launch("cumsum", kernel, args, work, {&x}, {&out});
  return out;
}

}  // namespace mark1
