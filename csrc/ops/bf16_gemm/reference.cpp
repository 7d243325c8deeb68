// The definition of the product of bfloat16 matrices: plain loops in the order of AMX's tiles.
#include "ops/bf16_gemm/bf16_gemm.h"
#include "simd/flush.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

constexpr int64_t kColumns = 64;  // that are summed before anything is rounded

int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// Elements `first`, `first` + 2, ... of a block. Zeros are terms: they turn -0 into +0.
float chain(const BFloat16* a, int64_t a_step, const BFloat16* b, int64_t b_step, int64_t first,
            int64_t count) {
  float total = 0;
  for (int64_t i = first; i < kBf16Block; i += 2) {
    const float x = i < count ? widened(a[i * a_step]) : 0.0f;
    const float w = i < count ? widened(b[i * b_step]) : 0.0f;
    total = __builtin_fmaf(x, w, total);
  }
  return total;
}

float product_sum(const BFloat16* a, int64_t a_step, const BFloat16* b, int64_t b_step, int64_t k) {
  float sum = 0;
  for (int64_t i = 0; i < k; i += kBf16Block) {
    const int64_t count = smaller(k - i, kBf16Block);
    const float even = chain(a + i * a_step, a_step, b + i * b_step, b_step, 0, count);
    const float odd = chain(a + i * a_step, a_step, b + i * b_step, b_step, 1, count);
    sum += even + odd;
  }
  return sum;
}

[[gnu::noinline]] void sum_columns(const GemmArgs& g, const BFloat16* a, const BFloat16* b,
                                   int64_t count, float* sums) {
  for (int64_t j = 0; j < count; ++j) {
    sums[j] = product_sum(a, g.a_col, b + j * g.b_col, g.b_row, g.k);
  }
}

void gemm(const NarrowGemmArgs& args, const Team& team) {
  const GemmArgs& g = args.gemm;
  const auto* left = static_cast<const BFloat16*>(g.a);
  const auto* right = static_cast<const BFloat16*>(g.b);
  const auto* bias = static_cast<const float*>(g.bias);
  const Range rows = static_range(g.batch.count * g.m, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const GemmPlace place = place_of(g.batch, row / g.m);
    const int64_t i = row % g.m;
    const BFloat16* a = left + place.a + i * g.a_row;
    for (int64_t j = 0; j < g.n; j += kColumns) {
      const int64_t count = smaller(g.n - j, kColumns);
      float sums[kColumns];
      const unsigned word = begin_flushing();
      sum_columns(g, a, right + place.b + j * g.b_col, count, sums);
      end_flushing(word);
      for (int64_t c = 0; bias && c < count; ++c) sums[c] += bias[j + c];
      if (g.activation) g.activation(sums, kColumns, 1, count, g.alpha);
      const int64_t to = place.y + i * g.y_row + j;
      for (int64_t c = 0; c < count; ++c) {
        if (args.narrow) {
          static_cast<BFloat16*>(g.y)[to + c] = to_bfloat16(sums[c]);
        } else {
          static_cast<float*>(g.y)[to + c] = sums[c];
        }
      }
    }
  }
}

NarrowGemmWorkspace no_workspace(const NarrowGemmArgs&) {
  return {0, 0};
}

}  // namespace

extern const NarrowGemmKernels bf16_gemm_kernels;
const NarrowGemmKernels bf16_gemm_kernels = {make_kernel<NarrowGemmArgs, &gemm>(), &no_workspace};

}  // namespace MARK1_ISA
}  // namespace mark1
