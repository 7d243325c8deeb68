// The product of bfloat16 matrices by VDPBF16PS, which adds the odd element of a pair to a sum and
// then the even one, each by a fused multiply-add as the definition has it. Pairs are therefore
// neighbours in one of its chains: elements 4i (odd half) and 4i + 2, 4i + 1 and 4i + 3.
#include "ops/bf16_gemm/blocks.h"
#include "simd/bf16_pairs.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct DotUnit {
  using Word = uint32_t;
  static constexpr int vectors = 2;
  static constexpr int columns = vectors * PairVec::width;
  static constexpr int rows = 7;
  static constexpr int words = kBf16Block / 2;  // of the even chain and the odd one by turns

  static constexpr int low(int i) { return i / 2 * 4 + i % 2 + 2; }
  static constexpr int high(int i) { return i / 2 * 4 + i % 2; }
  static uint32_t word(uint16_t low, uint16_t high) { return low | uint32_t{high} << 16; }
  static void enter() {}
  static void leave() {}

  static void tile(const uint32_t* a, const uint32_t* b, float* c, int64_t blocks) {
    constexpr int64_t kStride = kPieceBlocks * words;
    using V = Vec<float>;
    for (; blocks > 0; --blocks, a += words, b += words * columns) {
      V sum[2][rows][vectors];
#pragma GCC unroll 2
      for (int chain = 0; chain < 2; ++chain) {
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 2
          for (int j = 0; j < vectors; ++j) sum[chain][i][j] = V(0.0f);
        }
      }
      for (int s = 0; s < words; s += 2) {
#pragma GCC unroll 2
        for (int chain = 0; chain < 2; ++chain) {
          PairVec column[vectors];
#pragma GCC unroll 2
          for (int j = 0; j < vectors; ++j) {
            column[j] = PairVec::load(b + (s + chain) * columns + j * PairVec::width);
          }
#pragma GCC unroll 8
          for (int i = 0; i < rows; ++i) {
            const PairVec x = PairVec::all(a + i * kStride + s + chain);
#pragma GCC unroll 2
            for (int j = 0; j < vectors; ++j) {
              sum[chain][i][j] = add_pairs(sum[chain][i][j], x, column[j]);
            }
          }
        }
      }
#pragma GCC unroll 8
      for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 2
        for (int j = 0; j < vectors; ++j) {
          float* to = c + i * columns + j * V::width;
          (V::load(to) + (sum[0][i][j] + sum[1][i][j])).store(to);
        }
      }
      // Or the compiler keeps c on the stack as well, and stores everything twice.
      asm volatile("" ::: "memory");
    }
  }
};

}  // namespace

extern const NarrowGemmKernels bf16_gemm_kernels;
const NarrowGemmKernels bf16_gemm_kernels = {make_kernel<NarrowGemmArgs, &run_blocks<DotUnit>>(),
                                             &workspace_of<DotUnit>};

}  // namespace MARK1_ISA
}  // namespace mark1
