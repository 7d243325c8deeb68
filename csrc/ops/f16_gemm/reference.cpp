// The definition of the product of float16 matrices: widened, and in the order of op `gemm`.
#include "ops/activation/epilogue.h"
#include "ops/gemm/narrow.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

constexpr int64_t kColumns = 64;  // that are summed before anything is rounded

MARK1_DEVICE int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// Terms first .. last - 1: what `part` returns for pieces of `size` of them, added up ascending.
template <class Part>
MARK1_DEVICE float added(int64_t first, int64_t last, int64_t size, Part part) {
  float total = part(first, smaller(first + size, last));
  for (int64_t i = first + size; i < last; i += size) total += part(i, smaller(i + size, last));
  return total;
}

MARK1_DEVICE float product_sum(const Half* a, int64_t a_step, const Half* b, int64_t b_step,
                               int64_t k) {
  const auto chunk = [=](int64_t first, int64_t last) {
    float total = 0;
    for (int64_t i = first; i < last; ++i) {
      total = __builtin_fmaf(widened(a[i * a_step]), widened(b[i * b_step]), total);
    }
    return total;
  };
  const auto group = [=](int64_t first, int64_t last) {
    return added(first, last, kGemmChunk, chunk);
  };
  return added(0, k, kGemmGroup, group);
}

MARK1_DEVICE void gemm(const NarrowGemmArgs& args, const Team& team) {
  const GemmArgs& g = args.gemm;
  const float* bias = static_cast<const float*>(g.bias);
  const Range rows = static_range(g.batch.count * g.m, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const GemmPlace place = place_of(g.batch, row / g.m);
    const int64_t i = row % g.m;
    const Half* a = static_cast<const Half*>(g.a) + place.a + i * g.a_row;
    const Half* b = static_cast<const Half*>(g.b) + place.b;
    const int64_t to = place.y + i * g.y_row;
    for (int64_t j = 0; j < g.n; j += kColumns) {
      float sums[kColumns];
      const int64_t count = smaller(g.n - j, kColumns);
      for (int64_t c = 0; c < count; ++c) {
        const float sum = product_sum(a, g.a_col, b + (j + c) * g.b_col, g.b_row, g.k);
        sums[c] = bias ? sum + bias[j + c] : sum;
      }
      finish_row<float>(g.activation, sums, count, g.alpha);
      for (int64_t c = 0; c < count; ++c) {
        if (args.narrow) {
          static_cast<Half*>(g.y)[to + j + c] = to_half(sums[c]);
        } else {
          static_cast<float*>(g.y)[to + j + c] = sums[c];
        }
      }
    }
  }
}

NarrowGemmWorkspace no_workspace(const NarrowGemmArgs&) {
  return {0, 0};
}

}  // namespace

extern const NarrowGemmKernels f16_gemm_kernels;
const NarrowGemmKernels f16_gemm_kernels = {make_kernel<NarrowGemmArgs, &gemm>(), &no_workspace};

}  // namespace MARK1_ISA
}  // namespace mark1
