#include "ops/sort/sort.h"

#include <bit>

#include "core/isa.h"
#include "core/launch.h"
#include "cuda/sort_room.h"
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

void check_length(const char* op, const Tensor& x) {
  refuse_narrow(op, x.dtype());
  if (x.rank() == 0) fail<ValueError>(op, "a scalar has no order");
  if (x.shape().back() > int64_t{1} << 30) {
    fail<ValueError>(op, "rows of ", x.shape().back(), " elements are too long for int32 indices");
  }
}

int64_t scratch_for(const SortArgs& args, DType dtype, int members) {
  if (!works_on_device()) return members * args.scratch_bytes;
  const auto size = static_cast<int64_t>(item_size(dtype));
  return args.n > kLongestInBlock ? gpu::sort_bytes(args.rows, args.n, size) : 0;
}

// `cost` is in nanoseconds per byte of x, on one thread.
void run(const char* op, const Kernel<SortArgs>* kernels, SortArgs args, const Tensor& x,
         const Tensor& out, double cost) {
  args.x = x.data();
  args.out = out.data();
  args.n = x.shape().back();
  args.rows = x.numel() / args.n;
  args.scratch_bytes = sort_scratch(args.n);
  const double work = static_cast<double>(x.bytes()) * cost;
  const int members = team_size(work);
  const Tensor scratch(Shape{scratch_for(args, x.dtype(), members)}, DType::kU8);
  args.scratch = scratch.as<char>();
  launch(op, kernels[kernel_index(x.dtype())], args, work, {&x}, {&out, &scratch},
         {.most_members = members});
}

}  // namespace

Tensor argsort(const Tensor& x, bool descending, int64_t k) {
  check_length("argsort", x);
  const int64_t n = x.shape().back();
  if (k < 0 || k > n) {
    fail<ValueError>("top_k", "k must be from 0 to the size of the last axis, got ", k,
                     " (x: ", x.shape(), ")");
  }
  if (x.dtype() == DType::kBool || x.dtype() == DType::kU8) {
    return argsort(cast(x, DType::kI32), descending, k);
  }
  Shape shape = x.shape();
  shape[shape.rank() - 1] = k;
  Tensor out(shape, DType::kI32);
  if (out.numel() == 0) return out;
  SortArgs args = {};
  args.k = k;
  args.descending = descending;
  // About 1.5 ns per element and byte of it.
  run("argsort", sort_kernels_variants.current().argsort, args, x, out, 1.5);
  return out;
}

Tensor sort(const Tensor& x) {
  check_length("sort", x);
  if (x.dtype() == DType::kBool || x.dtype() == DType::kU8) {
    return cast(sort(cast(x, DType::kI32)), x.dtype());
  }
  Tensor out(x.shape(), x.dtype());
  if (out.numel() == 0) return out;
  const double steps = std::bit_width(static_cast<uint64_t>(x.shape().back()));
  run("sort", sort_kernels_variants.current().sort, {}, x, out, 0.015 * steps);
  return out;
}

}  // namespace mark1
