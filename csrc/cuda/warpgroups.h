// Matrix units of Hopper as kernels see them: the four warps of a warpgroup multiply a piece of two
// matrices in shared memory (wgmma, sm_90a). The emulation has functions of the same names.
//
// Sums are in registers (PTX ISA, "Register fragments for wgmma.mma_async.m64n256k16"): warp w of
// the four has rows 16 w to 16 w + 15, and with g = lane / 4, t = lane % 4 a thread has
//
//   sums[4 j .. 4 j + 3]  rows g, g, g + 8, g + 8 of columns 8 j + 2 t, + 1, + 0, + 1
//
// Units work while threads go on: between the first of some products and the wait for their group
// nobody may touch the sums, nor what the operands lie in.
#pragma once

#include <cstdint>

#include "core/on_device.h"

namespace mark1::gpu {
namespace {

// An operand in boxes (cuda/boxes.h): its lines are rows of 64 terms, or, `across`, terms of 64
// rows. `next` is what lies between groups of 64 rows where lines are terms, else not looked at.
MARK1_DEVICE inline uint64_t unit_operand(uint32_t address, uint32_t next) {
  constexpr uint64_t kSwizzle128 = 1, kEightLines = 8 * 128;
  return uint64_t{(address & 0x3ffff) >> 4} | uint64_t{next >> 4} << 16 | (kEightLines >> 4) << 32 |
         kSwizzle128 << 62;
}

}  // namespace
}  // namespace mark1::gpu

#if defined(MARK1_EMULATION)
#include "cuda/emulation/warpgroups.h"
#else

namespace mark1::gpu {
namespace {

// Before products whose sums threads have touched, and before the first.
__device__ inline void open_products() {
  asm volatile("wgmma.fence.sync.aligned;" : : : "memory");
}
// The products since the last call are a group.
__device__ inline void close_products() {
  asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory");
}
// Waits for all groups but the latest kOpen.
template <int kOpen>
__device__ inline void await_products() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" : : "n"(kOpen) : "memory");
}
// Keeps the compiler from using sums before the wait for them, which it does not see in them.
template <int kCount>
__device__ inline void hold(float (&sums)[kCount]) {
#pragma unroll
  for (float& sum : sums) asm volatile("" : "+f"(sum) : : "memory");
}

// All warps of a warpgroup give registers back, or get more.
template <int kCount>
__device__ inline void keep_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" : : "n"(kCount));
}
template <int kCount>
__device__ inline void take_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" : : "n"(kCount));
}

// Two numbers rounded to nearest even, in one word.
__device__ inline uint32_t pack_bf16(float low, float high) {
  uint32_t word;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
  return word;
}
__device__ inline uint32_t pack_f16(float low, float high) {
  uint32_t word;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
  return word;
}

#define MARK1_SUMS_4(i) "+f"(sums[i]), "+f"(sums[(i) + 1]), "+f"(sums[(i) + 2]), "+f"(sums[(i) + 3])
#define MARK1_SUMS_16(i) \
  MARK1_SUMS_4(i), MARK1_SUMS_4((i) + 4), MARK1_SUMS_4((i) + 8), MARK1_SUMS_4((i) + 12)
#define MARK1_SUMS_64(i) \
  MARK1_SUMS_16(i), MARK1_SUMS_16((i) + 16), MARK1_SUMS_16((i) + 32), MARK1_SUMS_16((i) + 48)

#define MARK1_MULTIPLY(function, instruction)                                                    \
  template <bool kAcrossA, bool kAcrossB>                                                        \
  __device__ inline void function(float (&sums)[128], uint64_t a, uint64_t b, bool add) {        \
    asm volatile(                                                                                \
        "{\n"                                                                                    \
        ".reg .pred keep;\n"                                                                     \
        "setp.ne.b32 keep, %130, 0;\n" instruction                                               \
        " {"                                                                                     \
        "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                 \
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "       \
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "       \
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "       \
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "       \
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "       \
        "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, " \
        "%111, "                                                                                 \
        "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, "   \
        "%126, %127"                                                                             \
        "}, %128, %129, keep, 1, 1, %131, %132;\n"                                               \
        "}"                                                                                      \
        : MARK1_SUMS_64(0), MARK1_SUMS_64(64)                                                    \
        : "l"(a), "l"(b), "r"(static_cast<int>(add)), "n"(kAcrossA ? 1 : 0),                     \
          "n"(kAcrossB ? 1 : 0));                                                                \
  }

// sums = a b, or sums + a b: 64 rows, 256 columns, 16 terms.
MARK1_MULTIPLY(multiply_group_bf16, "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16")
MARK1_MULTIPLY(multiply_group_f16, "wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16")
#undef MARK1_MULTIPLY
#undef MARK1_SUMS_64
#undef MARK1_SUMS_16
#undef MARK1_SUMS_4

}  // namespace
}  // namespace mark1::gpu

#endif
