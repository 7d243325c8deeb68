#include "ops/dropout/dropout.h"

#include <cmath>

#include "core/isa.h"
#include "core/launch.h"
#include "ops/random/random.h"

namespace mark1 {

MARK1_VARIANTS(DropoutKernels, dropout_kernels);

uint32_t dropout_threshold(double rate) {
  // A rate within 2^-33 of 1 would round to 2^32.
  const double threshold = std::nearbyint(rate * 0x1p32);
  return threshold < 0x1p32 ? static_cast<uint32_t>(threshold) : 0xffffffffu;
}

Tensor dropout(const Tensor& x, const Tensor& state, double rate) {
  const int precision = float_index("dropout", x.dtype());
  if (!(rate >= 0 && rate < 1)) {
    fail<ValueError>("dropout", "rate must be at least 0 and below 1, got ", rate);
  }
  DropoutArgs args = {};
  args.state = check_random_state("dropout", state);
  Tensor out(x.spec());
  if (out.numel() == 0) return out;
  args.x = x.data();
  args.out = out.data();
  args.n = x.numel();
  args.scale = 1 / (1 - rate);
  args.threshold = dropout_threshold(rate);
  const auto kernel = dropout_kernels_variants.current().dropout[precision];
  launch("dropout", kernel, args, 0.5 * static_cast<double>(args.n), {&x, &state}, {&out});
  return out;
}

}  // namespace mark1
