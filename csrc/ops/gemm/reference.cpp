// The definition of the matrix product: plain loops in the canonical order.
#include "ops/activation/epilogue.h"
#include "ops/gemm/fused.h"
#include "ops/gemm/gemm.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

MARK1_DEVICE int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

template <class T>
MARK1_DEVICE T chunk_total(const T* a, int64_t a_step, const T* b, int64_t b_step, int64_t count) {
  T total = 0;
  for (int64_t i = 0; i < count; ++i) total = fused(a[i * a_step], b[i * b_step], total);
  return total;
}

template <class T>
MARK1_DEVICE T group_total(const T* a, int64_t a_step, const T* b, int64_t b_step, int64_t count) {
  T total = chunk_total(a, a_step, b, b_step, smaller(count, kGemmChunk));
  for (int64_t i = kGemmChunk; i < count; i += kGemmChunk) {
    total +=
        chunk_total(a + i * a_step, a_step, b + i * b_step, b_step, smaller(count - i, kGemmChunk));
  }
  return total;
}

template <class T>
MARK1_DEVICE T product_sum(const T* a, int64_t a_step, const T* b, int64_t b_step, int64_t count) {
  T total = group_total(a, a_step, b, b_step, smaller(count, kGemmGroup));
  for (int64_t i = kGemmGroup; i < count; i += kGemmGroup) {
    total +=
        group_total(a + i * a_step, a_step, b + i * b_step, b_step, smaller(count - i, kGemmGroup));
  }
  return total;
}

template <class T>
MARK1_DEVICE void gemm(const GemmArgs& g, const Team& team) {
  const T* bias = static_cast<const T*>(g.bias);
  const Range rows = static_range(g.batch.count * g.m, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const GemmPlace place = place_of(g.batch, row / g.m);
    const int64_t i = row % g.m;
    const T* a = static_cast<const T*>(g.a) + place.a + i * g.a_row;
    const T* b = static_cast<const T*>(g.b) + place.b;
    T* y = static_cast<T*>(g.y) + place.y + i * g.y_row;
    for (int64_t j = 0; j < g.n; ++j) {
      const T sum = product_sum(a, g.a_col, b + j * g.b_col, g.b_row, g.k);
      y[j] = bias ? sum + bias[j] : sum;
    }
    finish_row<T>(g.activation, y, g.n, g.alpha);
  }
}

int64_t no_workspace(const GemmArgs&) {
  return 0;
}

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {
    {make_kernel<GemmArgs, &gemm<float>>(), make_kernel<GemmArgs, &gemm<double>>()},
    {&no_workspace, &no_workspace},
};

}  // namespace MARK1_ISA
}  // namespace mark1
