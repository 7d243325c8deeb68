#include "ops/sort/sort.h"

#include "core/isa.h"
#include "core/launch.h"
#include "ops/cast/cast.h"

namespace mark1 {

MARK1_VARIANTS(SortKernels, sort_kernels);

namespace {

int kernel_index(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return 0;
    case DType::kF64:
      return 1;
    case DType::kI64:
      return 3;
    default:
      return 2;
  }
}

}  // namespace

Tensor argsort(const Tensor& x, bool descending, int64_t k) {
  if (x.rank() == 0) fail<ValueError>("argsort", "a scalar has no order");
  const int64_t n = x.shape().back();
  if (k < 0 || k > n) {
    fail<ValueError>("top_k", "k must be from 0 to the size of the last axis, got ", k,
                     " (x: ", x.shape(), ")");
  }
  if (n > int64_t{1} << 30) {
    fail<ValueError>("argsort", "rows of ", n, " elements are too long for int32 indices");
  }
  if (x.dtype() == DType::kBool || x.dtype() == DType::kU8) {
    return argsort(cast(x, DType::kI32), descending, k);
  }
  Shape shape = x.shape();
  shape[shape.rank() - 1] = k;
  Tensor out(shape, DType::kI32);
  if (out.numel() == 0) return out;
  SortArgs args = {};
  args.x = x.data();
  args.out = out.as<int32_t>();
  args.rows = x.numel() / n;
  args.n = n;
  args.k = k;
  args.descending = descending;
  args.scratch_bytes = sort_scratch(n);
  // About 1.5 ns per element and byte of it.
  const double work = static_cast<double>(x.bytes()) * 1.5;
  const int members = team_size(work);
  const Tensor scratch(Shape{members * args.scratch_bytes}, DType::kU8);
  args.scratch = scratch.as<char>();
  launch("argsort", sort_kernels_variants.current().argsort[kernel_index(x.dtype())], args, work,
         {&x}, {&out, &scratch}, {.most_members = members});
  return out;
}

}  // namespace mark1
