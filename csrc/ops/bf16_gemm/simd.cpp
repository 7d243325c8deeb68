// The product of bfloat16 matrices by fused multiply-adds of float32, a lane for each output.
#include "simd/simd.h"
#include "ops/bf16_gemm/blocks.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct FmaUnit {
  using Word = float;
  using V = Vec<float>;
  static constexpr int vectors = 2;
  static constexpr int columns = vectors * V::width;
  static constexpr int rows = V::width == 16 ? 14 : 6;
  static constexpr int words = kBf16Block;

  static constexpr int low(int i) { return i; }
  static constexpr int high(int i) { return i; }
  static float word(uint16_t value, uint16_t) {
    return __builtin_bit_cast(float, uint32_t{value} << 16);
  }
  static void enter() {}
  static void leave() {}

  // The totals of the even chains wait in memory: registers hold one chain per sum.
  static void tile(const float* a, const float* b, float* c, int64_t blocks) {
    alignas(64) float even[rows * columns];
    for (; blocks > 0; --blocks, a += words, b += words * columns) {
      V sum[rows][vectors];
      chain(a, b, sum);
#pragma GCC unroll 16
      for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 2
        for (int j = 0; j < vectors; ++j) sum[i][j].store(even + i * columns + j * V::width);
      }
      chain(a + 1, b + columns, sum);
#pragma GCC unroll 16
      for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 2
        for (int j = 0; j < vectors; ++j) {
          const int64_t at = i * columns + j * V::width;
          (V::load(c + at) + (V::load(even + at) + sum[i][j])).store(c + at);
        }
      }
      // Or the compiler keeps c on the stack as well, and stores everything twice.
      asm volatile("" ::: "memory");
    }
  }

 private:
  [[gnu::always_inline]] static void chain(const float* a, const float* b,
                                           V (&sum)[rows][vectors]) {
    constexpr int64_t kStride = kPieceBlocks * words;
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < vectors; ++j) sum[i][j] = V(0.0f);
    }
    for (int s = 0; s < words; s += 2) {
      V column[vectors];
#pragma GCC unroll 2
      for (int j = 0; j < vectors; ++j) column[j] = V::load(b + s * columns + j * V::width);
#pragma GCC unroll 16
      for (int i = 0; i < rows; ++i) {
        const V x(a[i * kStride + s]);
#pragma GCC unroll 2
        for (int j = 0; j < vectors; ++j) sum[i][j] = fma(x, column[j], sum[i][j]);
      }
    }
  }
};

}  // namespace

extern const NarrowGemmKernels bf16_gemm_kernels;
const NarrowGemmKernels bf16_gemm_kernels = {make_kernel<NarrowGemmArgs, &run_blocks<FmaUnit>>(),
                                             &workspace_of<FmaUnit>};

}  // namespace MARK1_ISA
}  // namespace mark1
