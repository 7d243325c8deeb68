// The product of bfloat16 matrices by AMX, whose tiles define it: 32 x 32 sums in four of them.
#include "ops/bf16_gemm/blocks.h"
#include "simd/bf16_tiles.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct TileUnit {
  using Word = uint32_t;
  static constexpr int columns = 32;
  static constexpr int rows = 32;
  static constexpr int words = kBf16Block / 2;

  static constexpr int low(int i) { return 2 * i; }
  static constexpr int high(int i) { return 2 * i + 1; }
  static uint32_t word(uint16_t low, uint16_t high) { return low | uint32_t{high} << 16; }
  static void enter() { enter_tiles(); }
  static void leave() { leave_tiles(); }

  static void tile(const uint32_t* a, const uint32_t* b, float* c, int64_t blocks) {
    constexpr int64_t kRowWords = kPieceBlocks * words;
    add_tile_products(a, kRowWords, b, columns, c, blocks, words);
  }
};

}  // namespace

extern const NarrowGemmKernels bf16_gemm_kernels;
const NarrowGemmKernels bf16_gemm_kernels = {make_kernel<NarrowGemmArgs, &run_blocks<TileUnit>>(),
                                             &workspace_of<TileUnit>};

}  // namespace MARK1_ISA
}  // namespace mark1
