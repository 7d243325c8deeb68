#include "ops/gather/gather.h"

#include "core/device_launch.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/thread_pool.h"
#include "core/transfer.h"

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

struct IndexCheck {
  const char* op;
  const int64_t* wrong;
  const void* indices;
  int64_t wide;  // int64 indices
  int64_t rows;
};

void check_index(const IndexCheck& args) {
  const int64_t wrong = *args.wrong;
  if (wrong < 0) return;
  const int64_t index = args.wide ? value_at(static_cast<const int64_t*>(args.indices) + wrong)
                                  : value_at(static_cast<const int32_t*>(args.indices) + wrong);
  fail<ValueError>(args.op, "index ", index, " at position ", wrong, " is out of range for ",
                   args.rows, " rows");
}

void check(const char* op, const Tensor& indices, const Tensor& wrong, int64_t rows) {
  const IndexCheck args = {op, wrong.as<int64_t>(), indices.data(),
                           indices.dtype() == DType::kI64 ? 1 : 0, rows};
  launch_check("check_index", &check_index, args, {&indices, &wrong});
}

}  // namespace

Tensor gather(const Tensor& x, const Tensor& indices) {
  if (x.rank() == 0) fail<ValueError>("gather", "a scalar has no rows");
  const int kind = index_of_indices("gather", indices.dtype());
  Shape shape = indices.shape();
  for (int axis = 1; axis < x.rank(); ++axis) shape.push_back(x.shape()[axis]);
  Tensor out(shape, x.dtype());
  if (indices.numel() == 0) return out;
  const Tensor wrong = visible_tensor(Shape{}, DType::kI64);
  const auto row_bytes = static_cast<int64_t>(out.bytes()) / indices.numel();
  const GatherArgs args = {x.data(),     indices.data(),  out.data(), wrong.as<int64_t>(),
                           x.shape()[0], indices.numel(), row_bytes};
  // About 5 bytes written per nanosecond and thread, and 2 ns a row.
  const double work = static_cast<double>(out.bytes()) * 0.2 + 2.0 * indices.numel();
  launch("gather", gather_kernels_variants.current().gather[kind], args, work, {&x, &indices},
         {&out, &wrong});
  check("gather", indices, wrong, x.shape()[0]);
  return out;
}

void load_rows(const Tensor& data, const Tensor& order, int64_t begin, int64_t count,
               void* target) {
  const int64_t rows = data.shape()[0];
  const int64_t row_bytes = rows == 0 ? 0 : static_cast<int64_t>(data.bytes()) / rows;
  const auto bytes = static_cast<size_t>(count * row_bytes);
  if (!order.storage()) {
    copy_block_of(data.device(), target, data.as<char>() + begin * row_bytes, bytes);
    return;
  }
  const int64_t* rows_now = order.as<int64_t>() + begin;
  const auto run = gather_kernels_variants.current().gather[1].run;
  if (on_device()) {
    const Tensor wrong = visible_tensor(Shape{}, DType::kI64);
    const GatherArgs args = {data.data(), rows_now, target,   wrong.as<int64_t>(),
                             rows,        count,    row_bytes};
    queue_kernel("load", run, &args,
                 count * row_bytes / static_cast<int64_t>(item_size(data.dtype())), 0);
    return;
  }
  int64_t wrong = -1;
  const GatherArgs args = {data.data(), rows_now, target, &wrong, rows, count, row_bytes};
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
  const Tensor wrong = visible_tensor(Shape{}, DType::kI64);
  const int64_t row_size = dy.shape().slice(leading, dy.rank()).numel();
  const GatherArgs args = {dy.data(), indices.data(),  out.data(), wrong.as<int64_t>(),
                           rows,      indices.numel(), row_size};
  const double work = static_cast<double>(dy.bytes() + out.bytes()) * 0.15 + 2.0 * indices.numel();
  launch("scatter_add", gather_kernels_variants.current().scatter_add[kind][real], args, work,
         {&dy, &indices}, {&out, &wrong});
  check("scatter_add", indices, wrong, rows);
  return out;
}

}  // namespace mark1
