#include "ops/gather/gather.h"

#include "core/device_launch.h"
#include "core/device_memory.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/thread_pool.h"
#include "cuda/sort_room.h"
#include "ops/gather/check_indices.h"

namespace mark1 {

MARK1_VARIANTS(GatherKernels, gather_kernels);

namespace {

// 0 for int32, 1 for int64.
int index_of_indices(const char* op, DType dtype) {
  if (dtype != DType::kI32 && dtype != DType::kI64) {
    fail<TypeError>(op, "indices must be int32 or int64, got ", name(dtype),
                    ". Convert with cast(indices, 'int32')");
  }
  return dtype == DType::kI64 ? 1 : 0;
}

}  // namespace

Tensor gather(const Tensor& x, const Tensor& indices) {
  if (x.rank() == 0) fail<ValueError>("gather", "a scalar has no rows");
  const int kind = index_of_indices("gather", indices.dtype());
  Shape shape = indices.shape();
  for (int axis = 1; axis < x.rank(); ++axis) shape.push_back(x.shape()[axis]);
  Tensor out(shape, x.dtype());
  if (indices.numel() == 0) return out;
  const Tensor wrong(Shape{}, DType::kI64);
  const auto row_bytes = static_cast<int64_t>(out.bytes()) / indices.numel();
  const GatherArgs args = {x.data(),     indices.data(),  out.data(), wrong.as<int64_t>(),
                           x.shape()[0], indices.numel(), row_bytes,  nullptr};
  // About 5 bytes written per nanosecond and thread, and 2 ns a row.
  const double work = static_cast<double>(out.bytes()) * 0.2 + 2.0 * indices.numel();
  launch("gather", gather_kernels_variants.current().gather[kind], args, work, {&x, &indices},
         {&out, &wrong});
  check_indices("gather", "rows", indices, wrong, x.shape()[0]);
  return out;
}

void load_rows(const Tensor& data, const Tensor& order, int64_t begin, int64_t count,
               void* target) {
  const int64_t rows = data.shape()[0];
  const int64_t row_bytes = rows == 0 ? 0 : static_cast<int64_t>(data.bytes()) / rows;
  const auto bytes = static_cast<size_t>(count * row_bytes);
  const char* first = data.as<char>() + begin * row_bytes;
  if (!order.storage() && works_on_device()) return queue_copy("load", target, first, bytes);
  if (!order.storage()) return copy_block_of(data.device(), target, first, bytes);
  const int64_t* rows_now = order.as<int64_t>() + begin;
  const auto run = gather_kernels_variants.current().gather[1].run;
  if (works_on_device()) {
    const GatherArgs args = {data.data(), rows_now, target,    nullptr,
                             rows,        count,    row_bytes, nullptr};
    queue_kernel("load", run, &args,
                 count * row_bytes / static_cast<int64_t>(item_size(data.dtype())), 0);
    return;
  }
  const GatherArgs args = {data.data(), rows_now, target, nullptr, rows, count, row_bytes, nullptr};
  const double work = static_cast<double>(bytes) * 0.2 + 2.0 * static_cast<double>(count);
  run_team(team_size(work), run, &args);
}

Tensor scatter_add(const Tensor& dy, const Tensor& indices, int64_t rows) {
  const int kind = index_of_indices("scatter_add", indices.dtype());
  const int real = float_index("scatter_add", dy.dtype());
  const int leading = indices.rank();
  if (rows < 0 || dy.rank() < leading || !(dy.shape().slice(0, leading) == indices.shape())) {
    fail<ValueError>("scatter_add", "needs one row per index (dy: ", dy.shape(),
                     ", indices: ", indices.shape(), ")");
  }
  Shape shape = {rows};
  for (int axis = leading; axis < dy.rank(); ++axis) shape.push_back(dy.shape()[axis]);
  Tensor out(shape, dy.dtype());
  const Tensor wrong(Shape{}, DType::kI64);
  const int64_t row_size = dy.shape().slice(leading, dy.rank()).numel();
  const bool sorts = works_on_device() && gpu::worth_sorting(indices.numel(), rows);
  const Tensor scratch(Shape{sorts ? gpu::add_sorted_bytes(indices.numel(), rows) : 0}, DType::kU8);
  const GatherArgs args = {
      dy.data(), indices.data(),  out.data(), wrong.as<int64_t>(),
      rows,      indices.numel(), row_size,   sorts ? scratch.data() : nullptr};
  const double work = static_cast<double>(dy.bytes() + out.bytes()) * 0.15 + 2.0 * indices.numel();
  launch("scatter_add", gather_kernels_variants.current().scatter_add[kind][real], args, work,
         {&dy, &indices}, {&out, &wrong, &scratch});
  check_indices("scatter_add", "rows", indices, wrong, rows);
  return out;
}

}  // namespace mark1
