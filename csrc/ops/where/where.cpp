#include "ops/where/where.h"

#include "core/isa.h"
#include "core/launch.h"
#include "core/narrow.h"
#include "ops/broadcast/broadcast.h"
#include "ops/copy/copy.h"

namespace mark1 {

MARK1_VARIANTS(WhereKernels, where_kernels);

Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y) {
  if (condition.dtype() != DType::kBool || x.dtype() != y.dtype()) {
    fail<TypeError>("where", "needs a bool condition and two of one dtype (condition: ",
                    name(condition.dtype()), ", x: ", name(x.dtype()), ", y: ", name(y.dtype()),
                    ")");
  }
  const Shape shape =
      broadcast_shape("where", condition.shape(), broadcast_shape("where", x.shape(), y.shape()));
  Tensor out(shape, x.dtype());
  if (out.numel() == 0) return out;
  const auto spread = [&](const Tensor& operand) {
    return operand.numel() == out.numel() || operand.numel() == 1 ? operand
                                                                  : broadcast_to(operand, shape);
  };
  const Tensor c = spread(condition), a = spread(x), b = spread(y);
  const auto step = [](const Tensor& operand) { return operand.numel() == 1 ? 0 : 1; };
  const WhereArgs args = {c.as<uint8_t>(), a.data(), b.data(), out.data(),
                          out.numel(),     step(c),  step(a),  step(b)};
  refuse_narrow("where", x.dtype());
  const size_t size = item_size(x.dtype());
  const auto kernel = where_kernels_variants.current().where[size == 1 ? 0 : (size == 4 ? 1 : 2)];
  // About 30 bytes of output per nanosecond and thread in cache, 4 from memory.
  const auto bytes = static_cast<double>(out.bytes());
  launch("where", kernel, args, bytes * (bytes < (1 << 19) ? 0.03 : 0.25), {&c, &a, &b}, {&out});
  return out;
}

}  // namespace mark1
